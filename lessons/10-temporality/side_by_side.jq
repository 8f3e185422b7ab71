# The value of $metric in each pair of documents, for `jq --slurp`; null where
# a document does not have it. A histogram's value is its count.
def value:
  [.resource_metrics[].scope_metrics[].metrics[] | select(.name == $metric)
    | .data.data_points[] | .value // .count] | first;
[
  map(select(.reader == "cumulative") | value),
  map(select(.reader != "cumulative") | value)
] | transpose[] | {cumulative: .[0], delta: .[1]}
