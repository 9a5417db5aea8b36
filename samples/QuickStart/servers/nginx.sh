#!/bin/sh
# sh nginx.sh PORT: nginx in the foreground, with a configuration and a folder of its own that go when it ends.
set -eu
port=$1
folder=$(mktemp -d)
mkdir "$folder/www"
echo "Hello from ${VERSION:-nowhere}" > "$folder/www/index.html"
chmod 755 "$folder" "$folder/www"
# Started by root, nginx would serve as a user who may not reach a temporary folder that is root's alone.
user=''
[ "$(id -u)" -ne 0 ] || user='user root;'
cat > "$folder/nginx.conf" <<CONF
daemon off;
$user
pid $folder/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path $folder/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  server {
    listen 127.0.0.1:$port;
    root $folder/www;
  }
}
CONF

# SIGQUIT lets nginx finish what it does; SIGTERM would break it off.
nginx -p "$folder" -c "$folder/nginx.conf" &
nginx=$!
trap 'kill -QUIT "$nginx" 2> /dev/null || true' TERM
while kill -0 "$nginx" 2> /dev/null; do wait "$nginx" || true; done
rm -rf "$folder"
