using Pier.Linux.Sockets;
using Pier.Supervisor;

namespace Pier.KernelTests.Supervisor;

public class ProtocolTests
{
    [SkippableFact]
    public async Task Garbage_costs_its_sender_the_connection_and_nobody_else_anything()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.ShellAsync("bystander", "sleep 100");
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            using var socket = UnixSocket.Connect(SocketKind.SequencedPackets, host.Root + "/supervisor/socket");
            if (i % 2 == 1)
                SocketMessage.Send(socket, [1, 1, 0, 0, 0, 1, 0, 0, 0, 0]); // a proper hello first
            for (var n = 0; n < 5; n++)
            {
                var message = new byte[random.Next(1, 200)];
                random.NextBytes(message);
                message[0] = (byte)random.Next(0, 12);
                if (message[0] == 10)
                    message[0] = 11; // no shutdown
                if (SocketMessage.Send(socket, message).Ended)
                    break;
            }
        }
        Assert.Null((await host.Client.ListAsync()).Single().Exit);
    }

    [SkippableFact]
    public async Task The_socket_is_for_its_owner_alone()
    {
        await using var host = await SupervisorHost.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.Root + "/supervisor/socket"));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(host.Root + "/supervisor")
        );
    }

    [SkippableFact]
    public async Task Shutdown_is_refused_while_a_process_is_known()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.ShellAsync("a", "sleep 100");
        Assert.Equal(SupervisorError.StillRunning, (await Assert.ThrowsAsync<SupervisorException>(host.Client.ShutdownAsync)).Error);
    }

    [SkippableFact]
    public async Task A_second_client_sees_what_the_first_one_did()
    {
        await using var host = await SupervisorHost.StartAsync();
        await host.ShellAsync("a", "exit 6");
        await host.ExitAsync("a");
        await using var second = SupervisorClient.ConnectOrStart(new SupervisorOptions { ExecRoot = host.Root });
        var listed = Assert.Single(await second.ListAsync());
        Assert.Equal(6, listed.Exit!.ExitCode);
        await second.ReleaseAsync("a");
        Assert.Empty(await host.Client.ListAsync());
    }
}
