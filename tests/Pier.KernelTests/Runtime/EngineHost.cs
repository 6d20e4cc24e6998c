using System.Diagnostics;
using Pier.KernelTests.Supervisor;

namespace Pier.KernelTests.Runtime;

/// <summary>Another engine's private directory, with "pier runtime" as a command that it can call.</summary>
sealed class EngineHost : IDisposable
{
    public EngineHost(params string[] programs)
    {
        foreach (var program in programs)
            Skip.If(!File.Exists(program), $"{program} is not installed");
        var pier = SupervisorHost.Command();
        Skip.If(pier is null, "no pier program: set PIER_BINARY or build src/Pier");
        Directory = System.IO.Directory.CreateTempSubdirectory("pier-engine-").FullName;
        RuntimePath = Directory + "/pier-runtime";
        File.WriteAllText(RuntimePath, $"#!/bin/sh\nexport DOTNET_ROLL_FORWARD=Major\nexec {pier} runtime \"$@\"\n");
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(RuntimePath, (UnixFileMode)0x1ed);
        using var sandbox = new Sandbox();
        RootArchive = Directory + "/root.tar";
        Assert.Equal(0, Run("tar", "-C", sandbox.Root, "-cf", RootArchive, ".").ExitCode);
    }

    public string Directory { get; }
    public string RuntimePath { get; }
    public string RootArchive { get; }
    public string CgroupParent => "/" + Path.GetFileName(Directory);

    /// <summary>Runs a command to its end, at most a minute; stdout and stderr together.</summary>
    public static (string Output, int ExitCode) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("timeout", ["-k", "5", "60", "sh", "-c", "exec \"$0\" \"$@\" </dev/null 2>&1", program, .. arguments])
            {
                RedirectStandardOutput = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, process.ExitCode);
    }

    public void Dispose()
    {
        foreach (var hierarchy in Sandbox.Host.Cgroups.Hierarchies)
            RemoveGroups(hierarchy.MountPoint + CgroupParent);
        Run("sh", "-c", $"grep -o ' {Directory}[^ ]*' /proc/self/mounts | sort -r | xargs -r -n1 umount -l");
        Run("rm", "-rf", Directory);
    }

    static void RemoveGroups(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
            return;
        foreach (var child in System.IO.Directory.GetDirectories(directory))
            RemoveGroups(child);
        System.IO.Directory.Delete(directory);
    }
}
