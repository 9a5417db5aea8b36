using System.Text;

namespace Deployment.Sql.Tests.Scripts;

[Category("Unit")]
public sealed class SqlScriptFolderTests
{
    private string _root = "";
    private string _folder = "";

    [SetUp]
    public void CreateFolder()
    {
        _root = Directory.CreateTempSubdirectory("sql-").FullName;
        _folder = Directory.CreateDirectory(Path.Combine(_root, "migrations")).FullName;
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_root, recursive: true);

    private string Write(string name, string text = "-- undo: nothing for a test\nSELECT 1;\n") => WriteBytes(name, Encoding.UTF8.GetBytes(text));

    private string WriteBytes(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private async Task<IReadOnlyList<string>> ErrorsAsync()
    {
        Func<Task> read = () => SqlScriptFolder.ReadAsync(_folder, CancellationToken.None);
        return (await read.Should().ThrowAsync<DeploymentValidationException>()).Which.Errors;
    }

    [Test]
    public async Task ReadAsync_Folder_HasItsScripts()
    {
        WriteBytes("001_a.expand.sql", [0xEF, 0xBB, 0xBF, .. "-- undo: nothing é\r\nSELECT 1;\r\n"u8]);
        Write("README.md");
        Write(".hidden.sql");
        Directory.CreateDirectory(Path.Combine(_folder, ".git"));

        SqlScriptFolder folder = await SqlScriptFolder.ReadAsync(_folder, CancellationToken.None);

        folder.Path.Should().Be(_folder);
        folder.Scripts.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Id = "001_a.expand", Text = "-- undo: nothing é\nSELECT 1;\n" });
    }

    [Test]
    public async Task ReadAsync_Errors_AreToldTogether()
    {
        WriteBytes("001_a.expand.sql", [0xFF, 0xFE, 0x61]);
        WriteBytes("002_b.expand.sql", []);
        WriteBytes("003_c.expand.sql", new byte[(4 * 1024 * 1024) + 1]);
        Write("bad name.sql");
        Directory.CreateDirectory(Path.Combine(_folder, "more"));

        (await ErrorsAsync()).Should().SatisfyRespectively(
            error => error.Should().StartWith("001_a.expand.sql is not UTF-8 (byte 0)."),
            error => error.Should().StartWith("002_b.expand.sql is empty, or no regular file."),
            error => error.Should().StartWith("003_c.expand.sql has 4194305 bytes"),
            error => error.Should().StartWith("'more' is a folder."),
            error => error.Should().StartWith("'bad name.sql' is no name of a script."));
    }

    [Test]
    public async Task ReadAsync_LinkOutOfTheFolder_IsRefused()
    {
        string secret = Path.Combine(_root, "secret.sql");
        await File.WriteAllTextAsync(secret, "-- undo: nothing x\nSELECT 'secret';");
        File.CreateSymbolicLink(Path.Combine(_folder, "001_a.expand.sql"), "../secret.sql");
        Directory.CreateSymbolicLink(Path.Combine(_folder, ".out"), _root);
        File.CreateSymbolicLink(Path.Combine(_folder, "002_b.expand.sql"), ".out/secret.sql");
        File.CreateSymbolicLink(Path.Combine(_folder, "003_c.expand.sql"), "003_c.expand.sql");
        File.CreateSymbolicLink(Path.Combine(_folder, "004_d.expand.sql"), "nowhere.sql");

        (await ErrorsAsync()).Should().SatisfyRespectively(
            error => error.Should().StartWith("001_a.expand.sql is a link out of the folder."),
            error => error.Should().StartWith("002_b.expand.sql is a link out of the folder."),
            error => error.Should().StartWith("003_c.expand.sql can't be read"),
            error => error.Should().StartWith("004_d.expand.sql can't be read"));
    }

    [Test]
    public async Task ReadAsync_LinksWithin_AreFollowed()
    {
        // A folder that is mounted as Kubernetes does it: files are links into a folder that is a link.
        string data = Directory.CreateDirectory(Path.Combine(_folder, "..2026_11")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "001_a.expand.sql"), "-- undo: nothing x\nSELECT 1;");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2026_11");
        File.CreateSymbolicLink(Path.Combine(_folder, "001_a.expand.sql"), "..data/001_a.expand.sql");
        string linked = Path.Combine(_root, "linked");
        Directory.CreateSymbolicLink(linked, _folder);

        (await SqlScriptFolder.ReadAsync(linked, CancellationToken.None)).Scripts.Should().ContainSingle();
    }

    [Test]
    public async Task ReadAsync_Device_IsNotOpened()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "001_a.expand.sql"), "/dev/zero");

        (await ErrorsAsync()).Should().ContainSingle().Which.Should().StartWith("001_a.expand.sql is a link out of the folder.");
    }

    [Test]
    public async Task ReadAsync_NoFolder_IsAnError()
    {
        _folder = Path.Combine(_root, "nothing");

        (await ErrorsAsync()).Should().Equal("There is no such folder.");
    }

    [Test]
    public async Task ReadAsync_Cancelled_Ends()
    {
        Write("001_a.expand.sql");

        Func<Task> read = () => SqlScriptFolder.ReadAsync(_folder, new CancellationToken(canceled: true));

        await read.Should().ThrowAsync<OperationCanceledException>();
    }
}
