namespace Pier.Store.Snapshots;

/// <summary>Every layer a full copy: works on any file system, costs space and time.</summary>
sealed class VfsDriver : WholeTreeDriver
{
    public override string Name => "vfs";

    protected override void Create(string tree) => Directory.CreateDirectory(tree);

    protected override void Clone(string from, string tree)
    {
        Directory.CreateDirectory(tree);
        TreeCopy.Copy(from, tree);
    }
}
