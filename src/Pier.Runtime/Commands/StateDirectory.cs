using System.Text.Json;
using Pier.Linux.Cgroups;
using Pier.Linux.Processes;
using Pier.Model.Runtime;

namespace Pier.Runtime.Commands;

/// <summary>The --root directory: a directory a container with its state and, until it is started, the FIFO that it waits on.</summary>
sealed class StateDirectory(string root, CgroupLayout layout)
{
    /// <summary>Ids become file names: letters, digits, "_", "+", "-", ".", and not "." or "..".</summary>
    public static void CheckId(string id)
    {
        if (
            id.Length is 0 or > 1024
            || id is "." or ".."
            || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '+' or '-' or '.'))
        )
            throw new CommandException("invalid container ID format");
    }

    public string PathOf(string id) => Path.Combine(root, id);

    public string Fifo(string id) => Path.Combine(root, id, "exec.fifo");

    public void Make(string id)
    {
        CheckId(id);
        Directory.CreateDirectory(root);
        if (Directory.Exists(PathOf(id)))
            throw new CommandException($"container with given ID already exists");
        Directory.CreateDirectory(PathOf(id));
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(PathOf(id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Save(ContainerState state)
    {
        var path = Path.Combine(root, state.Id, "state.json");
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(state, ContainerStateJson.Default.ContainerState));
        File.Move(path + ".new", path, overwrite: true);
    }

    public ContainerState Load(string id)
    {
        CheckId(id);
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(root, id, "state.json")),
                ContainerStateJson.Default.ContainerState
            )!;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException("container does not exist", inner: e);
        }
        catch (JsonException e)
        {
            throw new CommandException($"the state of container {id} is damaged: {e.Message}", inner: e);
        }
    }

    public IEnumerable<ContainerState> All()
    {
        if (!Directory.Exists(root))
            yield break;
        foreach (var directory in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
            if (File.Exists(Path.Combine(directory, "state.json")))
                yield return Load(Path.GetFileName(directory));
    }

    public void Remove(string id)
    {
        CheckId(id);
        if (Directory.Exists(PathOf(id)))
            Directory.Delete(PathOf(id), recursive: true);
    }

    public ControlGroup Group(ContainerState state) => new(layout, state.CgroupPath);

    /// <summary>"created", "running", "paused" or "stopped".</summary>
    public string Status(ContainerState state)
    {
        if (ProcessFile.Find(state.InitProcessPid) is not { IsOver: false } process || process.StartTime != state.InitProcessStart)
            return "stopped";
        if (File.Exists(Fifo(state.Id)))
            return "created";
        return Freezer.IsAsked(Group(state)) ? "paused" : "running";
    }

    /// <summary>The state as hooks and the "state" command give it.</summary>
    public State Describe(ContainerState state, string? status = null)
    {
        var now = status ?? Status(state);
        return new State
        {
            OciVersion = state.OciVersion,
            Id = state.Id,
            Status = now,
            Pid = now == "stopped" ? 0 : state.InitProcessPid,
            Bundle = state.Bundle,
            Annotations = state.Annotations,
        };
    }
}
