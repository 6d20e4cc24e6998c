using System.Net;
using Microsoft.AspNetCore.Http;
using Pier.Api.Doors;

namespace Pier.Api.Http;

/// <summary>
/// A TCP door without TLS can be reached by any web page that the operator's browser shows: pages are told by their Origin, and
/// names that an attacker's DNS points at this host (rebinding) by their Host.
/// </summary>
static class OriginGuard
{
    public static string? Refusal(HttpContext context)
    {
        if (context.Features.Get<Door>() is not { Network: true } door)
            return null;
        if (context.Request.Headers.Origin.Count > 0 || context.Request.Headers["Sec-Fetch-Site"].Count > 0)
            return "requests from web pages are refused";
        if (door.Tls)
            return null;
        var host = context.Request.Host.Host;
        if (host is "localhost" or "" || IPAddress.TryParse(host.Trim('[', ']'), out _))
            return null;
        return $"the host name {host} is refused: use localhost or an address";
    }
}
