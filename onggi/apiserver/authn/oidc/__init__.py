"""Users of an OpenID Connect provider (Keycloak, Dex, a company's own), by an
``AuthenticationConfiguration`` as kube-apiserver takes it.

    issuers = config.load(path)                 what the file says; raises BadConfig
    provider = Provider(issuers[0], fetch, clock)
    provider.user_of(token)                     the user; raises Refused, or KeysWanted

Imported only where there is such a file.
https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
"""
