"""PyPI sd-jwt on jwcrypto as a judge: one JSON question a line in, one JSON answer a line out."""

import functools
import json
import sys

import sd_jwt.verifier
from jwcrypto.jwk import JWK


@functools.cache
def key_of(jwk):
    return JWK.from_json(jwk)


for line in sys.stdin:
    question = json.loads(line)
    key = key_of(json.dumps(question["jwk"]))
    # The library takes the key binding's algorithm from this constant alone.
    sd_jwt.verifier.DEFAULT_SIGNING_ALG = question["kb_alg"]
    try:
        judge = sd_jwt.verifier.SDJWTVerifier(
            question["token"],
            lambda issuer, header: key,
            question["audience"],
            question["nonce"],
        )
        answer = {"claims": judge.get_verified_payload()}
    except Exception as error:  # whatever the library raises is its refusal
        answer = {"refused": f"{type(error).__name__}: {error}"[:200]}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
