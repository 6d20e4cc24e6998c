using System.Buffers;
using Google.Protobuf;
using Pier.Contracts.BuildKit.Control;
using Pier.Contracts.Grpc;

namespace Pier.UnitTests.Api.Grpc;

public class GrpcReaderTests
{
    [Fact]
    public async Task Messages_come_back_as_they_were_written()
    {
        var bytes = new ArrayBufferWriter<byte>();
        GrpcFrame.Write(bytes, new StatusRequest { Ref = "one" });
        GrpcFrame.Write(bytes, new StatusRequest());
        GrpcFrame.Write(bytes, new BytesMessage { Data = ByteString.CopyFrom(new byte[200_000]) });
        var reader = new GrpcReader(new MemoryStream(bytes.WrittenSpan.ToArray()));
        Assert.Equal("one", (await reader.ReadAsync(StatusRequest.Parser, default))!.Ref);
        Assert.Equal("", (await reader.ReadAsync(StatusRequest.Parser, default))!.Ref);
        Assert.Equal(200_000, (await reader.ReadAsync(BytesMessage.Parser, default))!.Data.Length);
        Assert.Null(await reader.ReadAsync(StatusRequest.Parser, default));
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, GrpcCode.Unimplemented)]
    [InlineData(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF }, GrpcCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0xFF, 0xFF, 0xFF, 0xFF }, GrpcCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0, 0 }, GrpcCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1, 2 }, GrpcCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xFF, 0xFF }, GrpcCode.Internal)]
    public async Task Broken_frames_are_errors(byte[] bytes, GrpcCode code)
    {
        var error = await Assert.ThrowsAsync<GrpcException>(async () =>
            await new GrpcReader(new MemoryStream(bytes)).ReadAsync(StatusRequest.Parser, default)
        );
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task A_length_that_is_announced_takes_no_memory_before_it_comes()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Assert.ThrowsAsync<GrpcException>(async () =>
            await new GrpcReader(new MemoryStream([0, 0, 0xFF, 0xFF, 0xFF, 1])).ReadAsync(StatusRequest.Parser, default)
        );
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public async Task Noise_ends_in_a_message_or_an_error()
    {
        var random = new Random(26);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (bytes.Length > 4 && random.Next(2) == 0)
                (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4]) = (0, 0, 0, 0, (byte)(bytes.Length - 5));
            try
            {
                await new GrpcReader(new MemoryStream(bytes)).ReadAsync(StatusResponse.Parser, default);
            }
            catch (GrpcException) { }
        }
    }
}
