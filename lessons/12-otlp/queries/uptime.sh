curl --silent --get http://localhost:8428/api/v1/query \
  --data-urlencode 'query=app_atividade_tempo_seconds_total' |
  jq '.data.result'
