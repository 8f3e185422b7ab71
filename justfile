set positional-arguments
set shell := ["bash", "-euo", "pipefail", "-c"]

# The Portuguese series' filter, unchanged.
series_filter := '.resource_metrics[].scope_metrics[].metrics[] | select(.name == "app.atividade.tempo") | .data.data_points[] | {"Tempo de Atividade(s)": .value}'

_recipes:
    @just --list --unsorted

# Lesson 1, first metric: the pipeline from a measurement to a document
[group('lessons')]
[no-exit-message]
lesson-1 *args:
    @cargo run --package first-metric -- "$@"

# Lesson 2, attributes: a die whose rolls are told apart by their number
[group('lessons')]
[no-exit-message]
lesson-2 *args:
    @cargo run --package attributes -- "$@"

# Lesson 3, counter: a web server that counts what happens to it
[group('lessons')]
[no-exit-message]
lesson-3 *args:
    @cargo run --package counter -- "$@"

# Lesson 4, up-down counter: how many requests a web server is busy with
[group('lessons')]
[no-exit-message]
lesson-4 *args:
    @cargo run --package up-down-counter -- "$@"

# Lesson 5, histogram: a web server that records how long its tasks take
[group('lessons')]
[no-exit-message]
lesson-5 *args:
    @cargo run --package histogram -- "$@"

# Lesson 6, observable counter: totals that are read at each collection
[group('lessons')]
[no-exit-message]
lesson-6 *args:
    @cargo run --package observable-counter -- "$@"

# Lesson 7, observable up-down counter: values that rise and fall, and add up
[group('lessons')]
[no-exit-message]
lesson-7 *args:
    @cargo run --package observable-up-down-counter -- "$@"

# Lesson 8, observable gauge: values that make no sense added up
[group('lessons')]
[no-exit-message]
lesson-8 *args:
    @cargo run --package observable-gauge -- "$@"

# Lesson 9, reader intervals: one provider, two readers
[group('lessons')]
[no-exit-message]
lesson-9 *args:
    @cargo run --package reader-intervals -- "$@"

# Lesson 10, temporality: the same metrics as totals and as changes
[group('lessons')]
[no-exit-message]
lesson-10 *args:
    @cargo run --package temporality -- "$@"

# Lesson 11, views: the same instruments, exported in another way
[group('lessons')]
[no-exit-message]
lesson-11 *args:
    @cargo run --package views -- "$@"

# Lesson 12, OTLP: metrics that leave the program
[group('lessons')]
[no-exit-message]
lesson-12 *args:
    @cargo run --package otlp -- "$@"

# Lesson 13, scrape: metrics that wait until somebody asks for them
[group('lessons')]
[no-exit-message]
lesson-13 *args:
    @cargo run --package scrape -- "$@"

# Start a real database of metrics, VictoriaMetrics, until Ctrl-C
[group('lessons')]
[no-exit-message]
backend port="8428":
    #!/usr/bin/env bash
    set -euo pipefail
    [[ $1 =~ ^[1-9][0-9]{0,4}$ && $1 -le 65535 ]] || {
      echo "error: invalid port '$1': use a whole number from 1 to 65535" >&2
      exit 2
    }
    command -v victoria-metrics > /dev/null || {
      echo 'error: `victoria-metrics` is missing: see "Install the servers" in docs/CONTRIBUTING.md' >&2
      exit 1
    }
    ! (: < /dev/tcp/localhost/$1) 2> /dev/null || {
      echo "error: port $1 is taken: try another one, as in \`just backend 8429\`" >&2
      exit 1
    }
    echo "listening: open http://localhost:$1; Ctrl-C ends it"
    # Two databases cannot share a folder.
    exec victoria-metrics -opentelemetry.usePrometheusNaming -search.latencyOffset=0s \
      -httpListenAddr=localhost:$1 -storageDataPath="${CARGO_TARGET_DIR:-target}/backend/$1" -loggerLevel=ERROR

# Do an exercise, by its name: it fails until it is solved
[group('exercises')]
[no-exit-message]
exercise name:
    @ls lessons/*/exercises/"$1".rs > /dev/null 2>&1 || { \
      echo "error: there is no exercise \`$1\`, but these:" >&2; \
      ls lessons/*/exercises/*.rs | xargs -n 1 basename -s .rs | sed 's/^/  /' >&2; \
      exit 1; \
    }
    @RUST_BACKTRACE=0 cargo test --quiet --workspace --exclude docs --test "$1"
    @echo 'Done. `just exercises` says what is next.'

# List the exercises in the order of the lessons: what is done, what is next
[group('exercises')]
[no-exit-message]
exercises:
    @cargo run --quiet --package docs -- exercises

# Check that exercises fail as they should, solutions pass, and the book has all
[group('checks')]
[no-exit-message]
exercises-check:
    @cargo run --quiet --package docs -- exercises check

# Test the lessons and `shared`, or one package, or one test by its name
[group('checks')]
[no-exit-message]
test *args:
    #!/usr/bin/env bash
    set -euo pipefail
    package() { grep -m 1 '^name = ' "$1/Cargo.toml" | cut -d '"' -f 2; }
    packages=$(for folder in lessons/* shared shared/programs; do package "$folder"; done)
    # As for cargo; with `--workspace`, cargo would ignore it.
    [[ ${1:-} != @(--package|-p) ]] || shift
    if [[ ${1:--} == -* ]]; then
      set -- --workspace --exclude docs "$@"
    elif grep -qxF "$1" <<< "$packages"; then
      set -- --package "$@"
    else
      # Build and run only the file that has the test: `PATH.rs-fn NAME() {`.
      files=$(grep -rA 1 --include '*.rs' --exclude-dir exercises 'test\]$' lessons shared |
        awk -F '[.]rs- *(async )?fn |[(]' -v name="$1" '$2 == name { print $1 ".rs" }')
      [[ -n $files ]] || { echo "error: \`$1\` is no test and none of these packages:" $packages >&2; exit 1; }
      for file in $files; do
        case $file in */src/*) target=(--lib) ;; *) target=(--test "$(basename "$file" .rs)") ;; esac
        set -- --package "$(package "${file%/*/*}")" "${target[@]}" "$@"
      done
    fi
    cargo test --no-fail-fast "$@"

# Test the lessons against real servers: see "Install the servers"
[group('checks')]
[no-exit-message]
test-backends *args:
    @cargo test --no-fail-fast --workspace --test backend "$@"

# Test that book, READMEs and pictures match the code
[group('checks')]
test-book *args:
    @cargo test --package docs "$@"

# Test that the reader lab, a page of the book, gives what the SDK gave
[group('checks')]
lab:
    @node --test --test-reporter=dot docs/site/reader-lab.test.mjs

# Make the experiments of the book's exercises: they must come out as promised
[group('checks')]
[no-exit-message]
experiments:
    @cargo run --quiet --package docs -- experiments

# Copy code and output into the quoted regions of the book and the READMEs
[group('book')]
quotes:
    @cargo run --quiet --package docs -- quotes

# Record the lessons' programs and draw the book's pictures, or only `draw`
[group('book')]
pictures *args:
    @cargo run --quiet --package docs -- pictures "$@"

# Run the reader lab's scripts through the SDK, and record what it gives
[group('book')]
record-lab:
    @cargo test --quiet --package docs --test reader_lab -- --ignored

# Record the documents that the book's jq lines print from, with jq 1.6
[group('book')]
jq-record:
    #!/usr/bin/env bash
    set -euo pipefail
    # That version rounds; what it wrote, it and later ones print alike.
    [[ $(jq --version) == jq-1.6 ]] || { echo "error: jq 1.6 is needed" >&2; exit 1; }
    grep --only-matching 'just lesson-.*--exports [0-9]*' docs/data/jq.toml | sort --unique | \
      while read -r program; do
        name=${program#just }; name=${name// --/-}
        $program < /dev/null | jq --compact-output . > "docs/data/jq/${name// /-}.jsonl"
      done

# Build the book in both languages into target/book; warnings are errors
[group('book')]
book: (_tool "mdbook" "0.5.4" "--no-default-features --features search")
    @rm -rf target/book
    @warnings=$(for language in en pt-BR; do MDBOOK_LOG=warn mdbook build docs/$language 2>&1 || true; done); \
      [[ -z $warnings ]] || { echo "$warnings" >&2; exit 1; }
    @cp docs/site/index.html target/book/
    @# Language links end in `.md`: templates only know the source's name.
    @perl -pi -e 's/(hreflang=.* href="[^"]+)\.md"/$1.html"/' target/book/*/*.html

# Serve the book to authors, and rebuild it on every change
[group('book')]
book-serve:
    @node docs/site/serve.mjs

# Check the built book in headless Chromium; --screenshots saves what it saw
[group('checks')]
book-check *args: book
    @npm ci --prefix docs/site --silent
    @node docs/site/check.mjs "$@"

# Run tests as `test` does, then accept or reject each changed snapshot
[group('checks')]
[no-exit-message]
review *args: (_tool "cargo-insta" "1.49.0")
    @# Whatever else fails, the snapshots can be reviewed.
    @INSTA_UPDATE=new INSTA_FORCE_PASS=1 just test "$@" --quiet || true
    @cargo insta review

# Format the code; with --check, only report what is not formatted
[group('checks')]
fmt *args:
    @cargo fmt --all "$@"
    @cargo fmt --manifest-path docs/own-program/Cargo.toml "$@"

# Lint with Clippy; warnings are errors
[group('checks')]
lint:
    @cargo clippy --workspace --all-targets -- --deny warnings
    @cargo clippy --manifest-path docs/own-program/Cargo.toml --all-targets \
      --target-dir "${CARGO_TARGET_DIR:-target}/tmp/own-program" --locked -- --deny warnings
    @# Exercises, and tests that need servers, are no default targets.
    @cargo clippy --workspace --test '*' -- --deny warnings

# Build the code's documentation; warnings are errors
[group('checks')]
doc:
    @RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --document-private-items

# Run the series' filter on lesson 6 with the real jq: the values must grow
[group('checks')]
filter:
    @uptimes=$(just lesson-6 --interval 100ms --exports 3 | jq '{{ series_filter }}'); \
      echo "$uptimes"; \
      jq --exit-status --slurp 'map(.[]) | length >= 3 and . == unique' <<< "$uptimes" > /dev/null

# Run each of the book's jq lines that ends on its own: it must print something
[group('checks')]
jq:
    @grep --no-filename --extended-regexp '^just lesson-(1|.*--exports).* \| jq ' docs/*/src/*.md | sort --unique | \
      while read -r line; do \
        echo "$line" >&2; \
        bash -o pipefail -c "$line" | grep . || { echo "error: this line of the book prints nothing" >&2; exit 1; }; \
      done

# Run all benchmarks, or only those that match, as in `exporting/json`
[group('costs')]
bench *args:
    @[[ $# -gt 0 ]] || rm -rf "${CARGO_TARGET_DIR:-target}/criterion"
    @cargo bench --workspace --bench '*' -- \
      --warm-up-time 0.3 --measurement-time 1 --sample-size 20 --nresamples 1000 --noplot "$@"
    @# Marks a complete run: `bench-report` refuses figures without it, or newer than it.
    @[[ $# -gt 0 ]] || touch "${CARGO_TARGET_DIR:-target}/criterion/run.done"

# Write the latest `bench` run into the book: figures, pictures and tables
[group('costs')]
bench-report:
    @cargo run --quiet --package docs -- bench-report

# Find unused dependencies
[group('checks')]
unused: (_tool "cargo-machete" "0.9.2")
    @cargo machete

# Run every check that must pass before a change is accepted
[group('checks')]
ci: (fmt "--check") lint test test-backends test-book (test "--release") (bench "--test") doc experiments exercises-check filter jq unused lab book-check

# Install a Cargo tool unless it is already there.
[no-exit-message]
_tool name version options="":
    @command -v {{ name }} > /dev/null || { \
      echo "Installing {{ name }} {{ version }}, once: about two minutes on two cores" >&2; \
      cargo install --locked --version {{ version }} {{ options }} {{ name }}; \
    }
