using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pier.Api.Http;
using Pier.Model;

namespace Pier.Api.Streams;

/// <summary>The opening handshake of RFC 6455, section 4.2. No extensions are agreed to, so that a frame is what it says.</summary>
sealed class WebSocketHandshake
{
    const string Version = "13",
        Salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const int KeyBytes = 16;

    static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    readonly IHttpUpgradeFeature _upgrade;
    readonly HttpContext _http;
    readonly string _key;

    WebSocketHandshake(IHttpUpgradeFeature upgrade, HttpContext http, string key) => (_upgrade, _http, _key) = (upgrade, http, key);

    /// <summary>Throws an InvalidParameterException when the request is none.</summary>
    public static WebSocketHandshake Of(ApiRequest request)
    {
        var headers = request.Http.Request.Headers;
        var asks = string.Equals(headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase);
        // Section 4.1: "the HTTP version MUST be at least 1.1", which Kestrel does not ask for.
        if (
            !asks
            || HttpProtocol.IsHttp10(request.Http.Request.Protocol)
            || request.Http.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade
        )
            throw new InvalidParameterException("not websocket protocol");
        if (headers.SecWebSocketVersion != Version)
            throw new InvalidParameterException("missing or bad WebSocket Version");
        var key = headers.SecWebSocketKey.ToString();
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        if (!Convert.TryFromBase64String(key, bytes, out var length) || length != KeyBytes)
            throw new InvalidParameterException("missing or bad Sec-WebSocket-Key");
        return new WebSocketHandshake(upgrade, request.Http, key);
    }

    public async Task<WebSocket> AcceptAsync()
    {
        var headers = _http.Response.Headers;
        headers.Upgrade = "websocket";
        headers.Connection = "Upgrade";
        // SHA-1 is the protocol's; nothing secret hangs on it.
#pragma warning disable CA5350
        headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_key + Salt)));
#pragma warning restore CA5350
        var stream = await _upgrade.UpgradeAsync();
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = KeepAlive });
    }
}
