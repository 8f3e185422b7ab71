curl --silent --get http://localhost:8428/api/v1/query \
  --data-urlencode 'query=
    histogram_quantile(0.9, sum by (le) (tarefa_duracao_seconds_bucket))' |
  jq '.data.result'
