//! A job copies files for a few seconds, counts them and ends, and nobody ever
//! sees the count. Mend `copy_files`. `pipeline` stays as it is: a minute is a
//! good interval for programs that run longer.

use std::io::Write;

use first_metric::pipeline;
use opentelemetry::global;

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
    drop(provider);
}

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
