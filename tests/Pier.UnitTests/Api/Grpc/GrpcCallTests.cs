using Google.Protobuf;
using Pier.Api.Grpc;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.BuildKit.Errors;
using Pier.Contracts.Grpc;
using Pier.Model;

namespace Pier.UnitTests.Api.Grpc;

public class GrpcCallTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task One_message_there_and_one_back()
    {
        await using var peer = await InProcessPeer.StartAsync(
            (
                "/s.S/Echo",
                async call =>
                {
                    var asked = await call.ReadOneAsync(StatusRequest.Parser);
                    await call.WriteAsync(new StatusRequest { Ref = asked.Ref + "!" });
                }
            )
        );
        await using var channel = new GrpcChannel(peer.Near);
        Assert.Equal(
            "hello!",
            (await channel.CallAsync("/s.S/Echo", new StatusRequest { Ref = "hello" }, StatusRequest.Parser, default).WaitAsync(Limit)).Ref
        );
    }

    [Fact]
    public async Task Two_streams_run_beside_each_other_and_large_messages_pass()
    {
        await using var peer = await InProcessPeer.StartAsync(
            (
                "/s.S/Both",
                async call =>
                {
                    while (await call.ReadAsync(BytesMessage.Parser) is { } message)
                        await call.WriteAsync(message);
                }
            )
        );
        await using var channel = new GrpcChannel(peer.Near);
        await using var streams = await channel.OpenAsync("/s.S/Both", [], default);
        foreach (var size in (int[])[0, 1, 70_000, 3_000_000])
        {
            await streams.WriteAsync(new BytesMessage { Data = ByteString.CopyFrom(new byte[size]) });
            Assert.Equal(size, (await streams.ReadAsync(BytesMessage.Parser).AsTask().WaitAsync(Limit))!.Data.Length);
        }
        await streams.CompleteWritesAsync();
        Assert.Null(await streams.ReadAsync(BytesMessage.Parser).AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task A_servers_error_comes_with_code_text_and_details()
    {
        var details = new Status
        {
            Code = 5,
            Message = "nö",
            Details =
            {
                new Google.Protobuf.WellKnownTypes.Any { TypeUrl = "x", Value = ByteString.CopyFromUtf8("y") },
            },
        };
        await using var peer = await InProcessPeer.StartAsync(
            ("/s.S/Fail", _ => throw new GrpcException(GrpcCode.NotFound, "nö\n", details))
        );
        await using var channel = new GrpcChannel(peer.Near);
        var error = await Assert.ThrowsAsync<GrpcException>(() =>
            channel.CallAsync("/s.S/Fail", new StatusRequest(), StatusRequest.Parser, default).WaitAsync(Limit)
        );
        Assert.Equal((GrpcCode.NotFound, "nö\n", "x"), (error.Code, error.Message, error.Details!.Details[0].TypeUrl));
    }

    [Theory]
    [InlineData("/s.S/Nothing", "unknown method Nothing for service s.S")]
    [InlineData("/other.Service/Call", "unknown service other.Service")]
    [InlineData("/nonsense", "unknown service ")]
    public async Task What_is_not_served_is_unimplemented(string path, string message)
    {
        await using var peer = await InProcessPeer.StartAsync(("/s.S/Something", _ => Task.CompletedTask));
        await using var channel = new GrpcChannel(peer.Near);
        var error = await Assert.ThrowsAsync<GrpcException>(() =>
            channel.CallAsync(path, new StatusRequest(), StatusRequest.Parser, default).WaitAsync(Limit)
        );
        Assert.Equal((GrpcCode.Unimplemented, message), (error.Code, error.Message));
    }

    [Fact]
    public async Task The_engines_errors_have_their_codes()
    {
        await using var peer = await InProcessPeer.StartAsync(("/s.S/Fail", _ => throw new ConflictException("twice")));
        await using var channel = new GrpcChannel(peer.Near);
        var error = await Assert.ThrowsAsync<GrpcException>(() =>
            channel.CallAsync("/s.S/Fail", new StatusRequest(), StatusRequest.Parser, default).WaitAsync(Limit)
        );
        Assert.Equal((GrpcCode.AlreadyExists, "twice"), (error.Code, error.Message));
    }

    [Fact]
    public async Task A_client_that_gives_up_is_noticed()
    {
        var noticed = new TaskCompletionSource();
        await using var peer = await InProcessPeer.StartAsync(
            (
                "/s.S/Wait",
                async call =>
                {
                    try
                    {
                        await Task.Delay(Timeout.Infinite, call.Ended);
                    }
                    finally
                    {
                        noticed.SetResult();
                    }
                }
            )
        );
        await using var channel = new GrpcChannel(peer.Near);
        using var stop = new CancellationTokenSource();
        var call = channel.CallAsync("/s.S/Wait", new StatusRequest(), StatusRequest.Parser, stop.Token);
        await Task.Delay(100);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await noticed.Task.WaitAsync(Limit);
    }

    [Fact]
    public async Task A_stream_that_ends_ends_its_calls()
    {
        await using var peer = await InProcessPeer.StartAsync(("/s.S/Wait", call => Task.Delay(Timeout.Infinite, call.Ended)));
        await using var channel = new GrpcChannel(peer.Near);
        var call = channel.CallAsync("/s.S/Wait", new StatusRequest(), StatusRequest.Parser, default);
        await Task.Delay(100);
        peer.BreakOff();
        var error = await Assert.ThrowsAsync<GrpcException>(() => call.WaitAsync(Limit));
        Assert.Equal(GrpcCode.Unavailable, error.Code);
    }
}
