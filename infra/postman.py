"""The API as a Postman collection: `python -m infra.postman > mamastoria.postman_collection.json`; `system` serves the same at /postman.json."""

import json

from functions.system.postman import collection
from infra.openapi import document

if __name__ == "__main__":
    print(json.dumps(collection(document()), indent=2, ensure_ascii=False))
