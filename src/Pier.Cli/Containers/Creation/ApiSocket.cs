using System.Formats.Tar;
using System.Text.Json.Nodes;
using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Cli.Transport;
using Pier.Model;

namespace Pier.Cli.Containers.Creation;

/// <summary>
/// --use-api-socket: the daemon's socket is bound to where clients in the container look for it, and the user's registry credentials are
/// put into the container's file system.
/// </summary>
sealed record ApiSocket(MountRequest Mount, JsonObject Credentials)
{
    const string Directory = "run/secrets/docker";

    /// <summary>Null without the option.</summary>
    public static ApiSocket? Of(Invocation call)
    {
        if (!call.Line.Flag("use-api-socket"))
            return null;
        var source =
            call.Config.SocketPath
            ?? throw new CliFailure("flag --use-api-socket can't be used with a daemon that is not reached by a unix socket", 125);
        return new ApiSocket(
            new MountRequest
            {
                Type = "bind",
                Source = source,
                Target = "/var/run/docker.sock",
                BindOptions = new BindOptions(),
            },
            new CredentialFile(call.Config.Directory).All()
        );
    }

    /// <summary>The request with the socket in it, and with the place of the credentials where there are some.</summary>
    public ContainerRequest Into(ContainerRequest request) =>
        request with
        {
            Config =
                Credentials.Count == 0
                    ? request.Config
                    : request.Config with
                    {
                        Env = [.. request.Config.Env ?? [], "DOCKER_CONFIG=/" + Directory],
                    },
            HostConfig = request.HostConfig with { Mounts = [.. request.HostConfig.Mounts ?? [], Mount] },
        };

    /// <summary>Puts the credentials into the container that was made.</summary>
    public void Deliver(Invocation call, string id)
    {
        if (Credentials.Count == 0)
            return;
        var file = System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["auths"] = Credentials.DeepClone() }.ToJsonString());
        call.Client.Put(
            "PUT",
            $"/containers/{QueryString.Escape(id)}/archive?path=%2F",
            body =>
            {
                using var tar = new TarWriter(body, TarEntryFormat.Pax, leaveOpen: true);
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, Directory + "/config.json")
                    {
                        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                        DataStream = new MemoryStream(file),
                    }
                );
            },
            "application/x-tar"
        );
    }
}
