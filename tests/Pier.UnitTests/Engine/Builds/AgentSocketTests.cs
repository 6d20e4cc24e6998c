using System.Net.Sockets;
using System.Text;
using Pier.Engine.Builds.Sessions;
using Pier.UnitTests.Api.Grpc;

namespace Pier.UnitTests.Engine.Builds;

public class AgentSocketTests
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Each_connection_leads_to_the_agent_and_ends_with_the_build()
    {
        var path = Path.Combine(Path.GetTempPath(), "agent-" + Guid.NewGuid().ToString("N")[..12]);
        await using (new AgentSocket(path, _ => Task.FromResult<Stream>(Echo())))
        {
            for (var i = 0; i < 3; i++)
            {
                using var client = await ConnectAsync(path);
                await client.SendAsync(Encoding.ASCII.GetBytes("question"));
                var answer = new byte[8];
                Assert.Equal(8, await client.ReceiveAsync(answer).WaitAsync(Limit));
                Assert.Equal("question", Encoding.ASCII.GetString(answer));
            }
        }
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_client_without_an_agent_is_a_closed_connection()
    {
        var path = Path.Combine(Path.GetTempPath(), "agent-" + Guid.NewGuid().ToString("N")[..12]);
        await using var socket = new AgentSocket(path, _ => throw new IOException("gone"));
        using var client = await ConnectAsync(path);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]).WaitAsync(Limit));
    }

    static async Task<Socket> ConnectAsync(string path)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return client;
    }

    static DuplexStream Echo()
    {
        var (near, far) = DuplexStream.Pair();
        _ = far.CopyToAsync(far);
        return near;
    }
}
