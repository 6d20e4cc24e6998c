using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Engine.Containers;

namespace Pier.Api.Containers;

/// <summary>GET /containers/{name}/attach/ws: attach over a websocket, for clients that are web pages or proxies of them.</summary>
static class AttachSocket
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var query = request.Query;
        var asked = new AttachRequest(
            query.Flag("stdin"),
            query.Flag("stdout"),
            query.Flag("stderr"),
            query.Flag("logs"),
            query.Flag("stream"),
            query.Text("detachKeys")
        );
        var handshake = WebSocketHandshake.Of(request);
        // The session first: what is wrong with the container is still an ordinary answer.
        await using var session = await request.Engine.Containers.AttachAsync(request.Name, asked, request.Aborted);
        using var socket = await handshake.AcceptAsync();
        await new SocketSession(socket, session, binary: !request.Version.IsBefore(28)).RunAsync(request.Aborted);
    }
}
