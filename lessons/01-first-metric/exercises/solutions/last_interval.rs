//! A solution of `last_interval`.

use std::io::Write;

use first_metric::pipeline;
use opentelemetry::global;

// ANCHOR: solution
/// Copies files, and exports how many it has copied.
pub fn copy_files(files: u32, writer: impl Write + Send + 'static) {
    let provider = pipeline(writer);
    global::set_meter_provider(provider.clone());
    let copied = global::meter("copia")
        .u64_counter("copia.arquivos")
        .with_unit("{arquivo}")
        .build();
    for _ in 0..files {
        // The copying itself is left out.
        copied.add(1, &[]);
    }
    // The global provider is never dropped, so a drop of this one would not do.
    if let Err(error) = provider.shutdown() {
        eprintln!("not exported: {error}");
    }
}
// ANCHOR_END: solution

mod tests {
    use serde_json::json;
    use shared::testing::{document_channel, expect_metric, received};

    use super::copy_files;

    #[test]
    fn all_files_are_exported_before_the_job_ends() {
        let (writer, documents) = document_channel();
        copy_files(3, writer);
        let document = received(&documents);
        expect_metric(&document, "copia.arquivos")
            .point(&json!({}))
            .has("value", 3);
    }
}
