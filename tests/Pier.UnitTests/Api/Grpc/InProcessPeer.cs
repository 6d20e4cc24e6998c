using Pier.Api.BuildKit.Services;
using Pier.Api.Grpc;

namespace Pier.UnitTests.Api.Grpc;

/// <summary>A gRPC server and a channel to it over a pair of streams: Pier's both sides, without a socket.</summary>
sealed class InProcessPeer : IAsyncDisposable
{
    readonly Http2Server _server;
    readonly Task _serving;
    readonly DuplexStream _far;

    InProcessPeer(Http2Server server, DuplexStream near, DuplexStream far)
    {
        (_server, _far, Near) = (server, far, near);
        _serving = server.ServeAsync(new StreamPipes(far), far.Dispose);
    }

    /// <summary>The client's end.</summary>
    public DuplexStream Near { get; }

    public static async Task<InProcessPeer> StartAsync(params (string Path, GrpcMethod Method)[] methods)
    {
        var application = new GrpcApplication(methods.ToDictionary(m => m.Path, m => m.Method), GrpcErrors.Of, log: null);
        var (near, far) = DuplexStream.Pair();
        return new InProcessPeer(await Http2Server.StartAsync(application, default), near, far);
    }

    /// <summary>The server's end goes away.</summary>
    public void BreakOff() => _far.Dispose();

    public async ValueTask DisposeAsync()
    {
        Near.Dispose();
        _far.Dispose();
        await _server.DisposeAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
