using System.Text.Json.Serialization;
using Pier.Model;

namespace Pier.KernelTests.Store;

public sealed record Note(string Text);

[JsonSerializable(typeof(Note))]
sealed partial class NoteJson : JsonSerializerContext;

public sealed class RecordStoreTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();

    Pier.Store.Records.RecordStore<Note> Open() => _test.Store.Records("notes", NoteJson.Default.Note);

    [Fact]
    public void Records_outlive_the_store()
    {
        var notes = Open();
        notes.Put("a", new Note("1"));
        notes.Put("a", new Note("2"), durable: false);
        notes.Put("b", new Note("3"));
        Assert.True(notes.Delete("b"));
        Assert.False(notes.Delete("b"));
        _test.Reopen();
        Assert.Equal([new("a", new Note("2"))], Open().All);
        Assert.Equal(new Note("2"), Open().Find("a"));
    }

    [Fact]
    public void Torn_records_are_put_aside_loudly_and_temp_files_go()
    {
        Open().Put("good", new Note("1"));
        var directory = _test.Store.Layout.Records("notes");
        File.WriteAllText(directory + "/torn.json", "{\"Text\":");
        File.WriteAllText(directory + "/empty.json", "");
        File.WriteAllText(directory + "/half.json.1.tmp", "{");
        var notes = Open();
        Assert.Equal(["good"], notes.All.Select(n => n.Key));
        Assert.Equal(["empty.json.torn", "good.json", "torn.json.torn"], Directory.GetFiles(directory).Select(Path.GetFileName).Order());
        Assert.Equal(2, _test.Store.Warnings.Count);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a\0b")]
    public void An_id_is_one_file_name(string id) => Assert.Throws<InvalidParameterException>(() => Open().Put(id, new Note("")));

    public void Dispose() => _test.Dispose();
}
