# The duration that a share $q of the tasks does not exceed, as estimated from
# the buckets.
.resource_metrics[].scope_metrics[].metrics[]
| select(.name == "tarefa.duracao")
| .data.data_points[]
# Bucket $i lies between the edges $i and $i + 1.
| ([.min] + .explicit_bounds + [.max]) as $edges
| .bucket_counts as $counts
| (.count * $q) as $rank
# The bucket in which the count, from the first one on, reaches the rank.
| first(
    range($counts | length)
    | select(($counts[:. + 1] | add) >= $rank)
  ) as $i
| ($counts[:$i] | add // 0) as $below
# As if the values of a bucket were evenly spread over it.
| $edges[$i]
  + ($edges[$i + 1] - $edges[$i]) * ($rank - $below) / $counts[$i]
