"""What the fuzzer does beside asking: jobs that it starts are cancelled, so that the next need not wait for them."""

import urllib.request

import schemathesis


@schemathesis.hook
def after_call(context, case, response):
    if response.status_code == 202:
        interface = response.request.url.split("/api/v1/")[0] + "/api/v1"
        job = response.json()["job"]
        urllib.request.urlopen(urllib.request.Request(f"{interface}/jobs/{job}", method="DELETE")).read()
