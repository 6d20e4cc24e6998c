using Pier.Linux.Cgroups;

namespace Pier.Runtime.BuiltIn;

/// <summary>
/// Live facts that a restarting daemon needs: one file a container, on tmpfs, named by its id and holding its group's path. Written before
/// the group is made, removed after it is gone, so that no group is ever forgotten.
/// </summary>
sealed class EntryFiles(string execRoot)
{
    readonly string _directory = Directory.CreateDirectory(Path.Combine(execRoot, "runtime")).FullName;

    public void Write(string id, string cgroupPath)
    {
        var temporary = Path.Combine(_directory, "." + id);
        File.WriteAllText(temporary, cgroupPath);
        File.Move(temporary, Path.Combine(_directory, id), overwrite: true);
    }

    public void Remove(string id) => File.Delete(Path.Combine(_directory, id));

    /// <summary>Ids and group paths; files that are none are left alone.</summary>
    public IEnumerable<(string Id, string CgroupPath)> All()
    {
        foreach (var file in Directory.EnumerateFiles(_directory))
        {
            var name = Path.GetFileName(file);
            if (name[0] == '.')
                continue;
            var path = File.ReadAllText(file);
            if (CgroupName.Problem(path) is null)
                yield return (name, path);
        }
    }
}
