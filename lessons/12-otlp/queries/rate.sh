curl --silent --get http://localhost:8428/api/v1/query \
  --data-urlencode 'query=rate(api_chamadas_total[1m])' |
  jq '.data.result'
