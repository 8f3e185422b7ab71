// What mdBook's own scripts lack for this book: a search for every language,
// boxes that the keyboard can scroll, and messages in Portuguese.
"use strict";

// The search. mdBook indexes as for English text: a word keeps its accents and
// loses English endings, and a name like `app.atividade.tempo` is one word. So
// the index is built again, from the texts in it, when the search is opened:
// accents do not matter, names are found by their parts, and English endings
// are cut off only in English.
(() => {
    const fold = word => word.normalize("NFD").replace(/\p{M}/gu, "");
    elasticlunr.Pipeline.registerFunction(fold, "fold");

    const steps = [fold];
    if (document.documentElement.lang === "en") {
        steps.push(elasticlunr.stopWordFilter, elasticlunr.stemmer);
    } else {
        // Marks the words found in an excerpt.
        elasticlunr.stemmer = fold;
    }

    elasticlunr.tokenizer.setSeperator(/[^\p{L}\p{M}\p{N}_]+/u);
    elasticlunr.Index.load = ({ fields, ref, documentStore }) =>
        elasticlunr(index => {
            index.pipeline.reset();
            index.pipeline.add(...steps);
            index.setRef(ref);
            fields.forEach(field => index.addField(field));
            Object.values(documentStore.docs).forEach(text => index.addDoc(text));
        });
})();

// Code and tables that scroll sideways take the focus, so that arrow keys work.
(() => {
    const boxes = document.querySelectorAll("pre > code, .table-wrapper");
    const mark = () => boxes.forEach(box => {
        const scrolls = box.scrollWidth > box.clientWidth;
        scrolls ? box.tabIndex = 0 : box.removeAttribute("tabindex");
    });
    mark();
    addEventListener("resize", mark);
})();

// A long name in a table breaks between its words. (A name that a search marks
// has elements of its own, and stays as it is.)
document.querySelectorAll("td code:not(:has(*))").forEach(code => {
    code.innerHTML = code.innerHTML.replace(/[_./](?=\w)/g, "$&<wbr>");
});

// The language link is part of the page without scripts, and of the menu bar
// with them.
document.querySelector(".right-buttons").prepend(document.querySelector("a.language"));

// This book has two themes, and mdBook's menu lists five.
for (const theme of ["rust", "navy", "ayu"]) {
    document.getElementById(`mdbook-theme-${theme}`).parentElement.remove();
}

// The name of the book stands on each page, and is the heading of none.
document.querySelector(".menu-title").setAttribute("role", "presentation");
document.getElementById("mdbook-searchbar").ariaLabel = "Search this book";

// mdBook shows the contents at a click on the label of their toggle, not at a
// key on the toggle itself; and it says "expanded" on the label, which has no
// such state, while the toggle is checked or not.
(() => {
    const toggle = document.getElementById("mdbook-sidebar-toggle-anchor");
    const label = document.getElementById("mdbook-sidebar-toggle");
    toggle.className = "unseen";
    toggle.ariaLabel = label.title;
    const repair = () => ["aria-expanded", "aria-label"].forEach(name => label.removeAttribute(name));
    repair();
    toggle.addEventListener("change", () => {
        if (toggle.checked) document.getElementById("mdbook-sidebar").style.display = "";
        repair();
    });
})();

// Words of mdBook's page in the language of the book.
(() => {
    const words = document.documentElement.lang !== "pt-BR" ? { Coal: "Dark" } : {
        "Toggle Table of Contents": "Sumário", "Table of contents": "Sumário",
        "Change theme": "Mudar o tema", Themes: "Temas",
        Auto: "Como o sistema", Light: "Claro", Coal: "Escuro",
        "Search (`/`)": "Buscar (/)", "Toggle Searchbar": "Buscar",
        "Search this book": "Buscar neste livro", "Search this book ...": "Buscar neste livro",
        "Print this book": "Imprimir este livro", "Page navigation": "Capítulos",
        "Previous chapter": "Capítulo anterior", "Next chapter": "Próximo capítulo",
        "Keyboard shortcuts": "Atalhos de teclado", Press: "Aperte", or: "ou",
        "to navigate between chapters": "para mudar de capítulo",
        "to search in the book": "para buscar no livro",
        "to show this help": "para mostrar esta ajuda", "to hide this help": "para fechar esta ajuda",
    };
    for (const name of ["title", "aria-label", "placeholder"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) {
            const word = words[element.getAttribute(name)];
            if (word) element.setAttribute(name, word);
        }
    }
    for (const box of document.querySelectorAll(".theme-popup, #mdbook-help-popup")) {
        const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = texts.currentNode;
            const said = text.data.trim();
            if (words[said]) text.data = text.data.replace(said, words[said]);
        }
    }
})();

// Messages that mdBook's scripts write in English.
if (document.documentElement.lang === "pt-BR") {
    const portuguese = [
        [/^No search results for (.*)\.$/, "Nenhum resultado para $1."],
        [/^1 search result for/, "1 resultado para"],
        [/^(\d+) search results for/, "$1 resultados para"],
        ["Copied!", "Copiado"],
        ["Clipboard error!", "Não foi possível copiar"],
    ];
    const translate = element => {
        const said = element.textContent;
        const text = portuguese.reduce((text, pair) => text.replace(...pair), said);
        if (text !== said) element.textContent = text;
    };
    document.querySelectorAll("#mdbook-searchresults-header, .tooltiptext").forEach(element =>
        new MutationObserver(() => translate(element)).observe(element, { childList: true }));

    for (const button of document.querySelectorAll(".clip-button")) {
        button.title = button.ariaLabel = "Copiar";
    }
}
