"""Another code base as verifier, issuer and holder: PyPI sd-jwt on jwcrypto.

One JSON command on standard input, one JSON answer on standard output.
"""

import json
import sys

import sd_jwt.verifier
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer


def new_key(alg):
    if alg == "EdDSA":
        return JWK.generate(kty="OKP", crv="Ed25519")
    return JWK.generate(kty="EC", crv="P-256")


def verify(command):
    # The library takes the key binding's algorithm from this constant alone.
    sd_jwt.verifier.DEFAULT_SIGNING_ALG = command["alg"]
    key = JWK.from_json(json.dumps(command["jwk"]))
    checked = sd_jwt.verifier.SDJWTVerifier(
        command["presentation"],
        lambda issuer, header: key,
        command["audience"],
        command["nonce"],
    )
    return {"claims": checked.get_verified_payload()}


def make(command):
    alg = command["alg"]
    home, holder = new_key(alg), new_key(alg)
    claims = {
        SDObj(name) if name in command["hide"] else name: value
        for name, value in command["claims"].items()
    }
    claims |= {"iss": command["issuer"], "iat": command["now"], "exp": command["now"] + 3600}
    issued = SDJWTIssuer(
        claims,
        home,
        holder,
        sign_alg=alg,
        extra_header_parameters={"typ": "dc+sd-jwt", "kid": command["kid"]},
    )
    kept = SDJWTHolder(issued.sd_jwt_issuance)
    shown = {name: True for name in command["hide"]}
    kept.create_presentation(shown, command["nonce"], command["audience"], holder, sign_alg=alg)
    return {
        "presentation": kept.sd_jwt_presentation,
        "jwk": home.export_public(as_dict=True),
    }


command = json.load(sys.stdin)
try:
    answer = {"answer": (verify if command["do"] == "verify" else make)(command)}
except Exception as error:  # whatever the library raises is its refusal
    answer = {"refused": f"{type(error).__name__}: {error}"}
json.dump(answer, sys.stdout)
