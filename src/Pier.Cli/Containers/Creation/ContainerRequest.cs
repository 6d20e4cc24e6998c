using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>The options of run and create as the request that the API takes.</summary>
sealed record ContainerRequest(ContainerConfig Config, HostConfig HostConfig, NetworkingConfig? Networking)
{
    /// <summary>What --use-api-socket adds.</summary>
    public ApiSocket? Socket { get; init; }

    /// <summary>Builds it; throws <see cref="CliFailure"/> with docker's words for what cannot be read.</summary>
    /// <param name="detached">Nothing will be attached.</param>
    public static ContainerRequest Build(Invocation call, bool detached)
    {
        var line = call.Line;
        RefusedOptions.Check(line);
        var attach = AttachOptions.Read(line, detached);
        var ports = PortOptions.Read(line);
        var mounts = MountOptions.Read(line);
        var request = new ContainerRequest(
            ProcessOptions.Config(call, attach, ports, mounts),
            HostOptions.Config(call, ports, mounts),
            NetworkOptions.Networking(line)
        );
        return ApiSocket.Of(call) is { } socket ? socket.Into(request) with { Socket = socket } : request;
    }

    /// <summary>ContainerConfig's fields stand at the top level, beside the other two parts.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream(4096);
        var config = JsonSerializer.SerializeToUtf8Bytes(Config, ContractsJson.Default.ContainerConfig);
        buffer.Write(config.AsSpan(0, config.Length - 1));
        buffer.Write(",\"HostConfig\":"u8);
        JsonSerializer.Serialize(buffer, HostConfig, ContractsJson.Default.HostConfig);
        if (Networking is not null)
        {
            buffer.Write(",\"NetworkingConfig\":"u8);
            JsonSerializer.Serialize(buffer, Networking, ContractsJson.Default.NetworkingConfig);
        }
        buffer.WriteByte((byte)'}');
        return buffer.ToArray();
    }
}
