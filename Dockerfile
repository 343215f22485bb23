# One image for the web, the workers and the clock. Nothing is fetched when it runs.

FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY static/ static/
COPY templates/ templates/
# Tailwind reads class names in code as well.
COPY loyalty/ loyalty/
RUN node static/build.mjs

FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /opt/stammgast \
 && /opt/stammgast/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
ENV PATH=/opt/stammgast/bin:$PATH
COPY launch/ launch/
COPY locale/ locale/
COPY --from=assets /app/node_modules/@fontsource-variable/ node_modules/@fontsource-variable/
COPY --from=assets /app/static/ static/
RUN python -m launch.fonts && python -m launch.translations

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home stammgast \
 && mkdir /data && chown stammgast:stammgast /data
COPY --from=packages /opt/stammgast/ /opt/stammgast/
WORKDIR /app
COPY manage.py ./
COPY docker/ docker/
COPY loyalty/ loyalty/
COPY members/ members/
COPY programs/ programs/
COPY rewards/ rewards/
COPY campaigns/ campaigns/
COPY templates/ templates/
COPY --from=packages /app/launch/ launch/
COPY --from=packages /app/locale/ locale/
COPY --from=packages /app/static/ static/
ENV PATH=/opt/stammgast/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=loyalty.settings \
    DATA_DIR=/data
USER stammgast
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--no-ws", "loyalty.wsgi:application"]
