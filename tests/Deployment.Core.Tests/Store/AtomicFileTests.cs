using System.Text;
using Deployment.Store.Files;

namespace Deployment.Tests.Store;

public sealed class AtomicFileTests
{
    private const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private TemporaryFolder _folder = null!;

    private string File => Path.Combine(_folder.Path, "file");

    [SetUp]
    public void Start() => _folder = new TemporaryFolder();

    [TearDown]
    public void Stop() => _folder.Dispose();

    [Test]
    public void Replace_OldFile_IsTheNewOneWithItsModeAndNothingBesideIt()
    {
        AtomicFile.Replace(File, Shared, Text("a long text"));

        AtomicFile.Replace(File, Shared, Text("short"));

        System.IO.File.ReadAllText(File).Should().Be("short");
        System.IO.File.GetUnixFileMode(File).Should().Be(Shared);
        Directory.GetFileSystemEntries(_folder.Path).Should().Equal(File);
    }

    [Test]
    public void Replace_WriterFails_LeavesTheOldFile()
    {
        AtomicFile.Replace(File, Shared, Text("old"));

        FluentActions.Invoking(() => AtomicFile.Replace(File, Shared, file =>
        {
            Text("half")(file);
            throw new IOException("no space");
        })).Should().Throw<IOException>().WithMessage("no space");

        System.IO.File.ReadAllText(File).Should().Be("old");
    }

    [Test]
    public void WriteBeside_OldFile_StaysUntilItIsReplaced()
    {
        AtomicFile.Replace(File, Shared, Text("old"));

        System.IO.File.ReadAllText(AtomicFile.WriteBeside(File, Shared, Text("new"))).Should().Be("new");

        System.IO.File.ReadAllText(File).Should().Be("old");
    }

    [Test]
    public void Delete_FileOrNone_LeavesNone()
    {
        AtomicFile.Replace(File, Shared, Text("old"));

        AtomicFile.Delete(File);
        AtomicFile.Delete(File);

        System.IO.File.Exists(File).Should().BeFalse();
    }

    [Test]
    public void FlushFolder_NoFolder_Throws() => FluentActions.Invoking(() => AtomicFile.FlushFolder(File)).Should().Throw<IOException>();

    private static Action<Stream> Text(string text) => file => file.Write(Encoding.UTF8.GetBytes(text));
}
