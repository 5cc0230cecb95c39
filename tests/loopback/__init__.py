"""A loopback AWS: a server on 127.0.0.1 that speaks AWS's wire protocols by botocore's own service models. It knows no policy and no
state: it answers what it is given to answer, in pages, and fails as it is told to."""
