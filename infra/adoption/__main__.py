"""See infra/adoption/__init__.py."""

import sys

from infra.adoption import main

sys.exit(main())
