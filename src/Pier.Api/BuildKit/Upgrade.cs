using System.Text;
using Pier.Api.BuildKit.Sessions;
using Pier.Api.Doors;
using Pier.Api.Grpc;
using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Model;

namespace Pier.Api.BuildKit;

/// <summary>
/// POST /grpc and POST /session with "Upgrade: h2c": afterwards the connection speaks HTTP/2, the client being its client (/grpc) or, the
/// other way round, its server (/session).
/// </summary>
static class Upgrade
{
    public static async Task GrpcAsync(ApiRequest request)
    {
        CheckProtocol(request);
        var stream = await AcceptAsync(request);
        await RunAsync(request, () => request.BuildKit.Grpc.ServeAsync(new StreamPipes(stream), request.Http.Abort));
    }

    public static async Task SessionAsync(ApiRequest request)
    {
        CheckProtocol(request);
        var headers = SessionHeaders.Read(request.Http.Request.Headers) ?? throw new InvalidParameterException("session ID is required");
        if (request.BuildKit.Sessions.IsOpen(headers.Id))
            throw new ConflictException($"session {headers.Id} already exists");
        var stream = await AcceptAsync(request);
        await RunAsync(request, () => request.BuildKit.Sessions.ServeAsync(headers, stream, stream.Ended));
    }

    static void CheckProtocol(ApiRequest request)
    {
        var asked = request.Http.Request.Headers.Upgrade.ToString();
        if (asked.Length == 0)
            throw new InvalidParameterException("no upgrade proto in request");
        if (asked != "h2c")
            throw new InvalidParameterException($"protocol {asked} not supported");
    }

    static async Task<TakeoverStream> AcceptAsync(ApiRequest request)
    {
        var takeover = await Hijack.ClaimAsync(request);
        await takeover.SendAsync(
            Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
            CancellationToken.None
        );
        return new TakeoverStream(takeover);
    }

    static async Task RunAsync(ApiRequest request, Func<Task> serve)
    {
        try
        {
            await serve();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConflictException)
        {
            // The client is gone, or was told.
        }
        finally
        {
            request.Http.Abort();
        }
    }
}
