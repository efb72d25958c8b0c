curl 'https://api.example.com/1.1/statuses/update.json?include_entities=true' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'accept-language: en-NZ,en;q=0.9' \
  -H 'authorization: OAuth realm="http://photos.example.net/",oauth_consumer_key="dpf43f3p2l4k3l03",oauth_token="nnch734d00sl2jdk",oauth_signature_method="HMAC-SHA1",oauth_signature="tR3%2BTy81lMeYAr%2FFid0kMTYa%2FWM%3D",oauth_timestamp="1191242096",oauth_nonce="kllo9940pd9333jh",oauth_version="1.0"' \
  -H 'content-type: application/x-www-form-urlencoded' \
  -b 'session=9f8e7d' \
  -H 'origin: https://app.example.com' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36' \
  --data-raw 'status=Hello%20Ladies%20%2b%20Gentlemen&trim=1' \
  --compressed
