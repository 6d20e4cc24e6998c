using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Host;

/// <summary>POST /auth: credentials are not checked yet, and are not taken either.</summary>
static class Auth
{
    public static Task HandleAsync(ApiRequest request) => throw new UnsupportedException("login is not supported by this version of Pier");
}
