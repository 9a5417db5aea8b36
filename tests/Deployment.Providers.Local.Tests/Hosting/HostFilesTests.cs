using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Tests.Hosting;

[Category("Unit")]
public sealed class HostFilesTests
{
    private StateFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new StateFolder(Directory.CreateTempSubdirectory("dh-").FullName);

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder.Path, recursive: true);

    // What a power failure leaves of files that were not flushed.
    [TestCase("*.dll")]
    [TestCase("*.runtimeconfig.json")]
    public void Place_CopyHasLostItsContent_IsMadeAnew(string files)
    {
        HostCommand host = HostFiles.Place(_folder);
        string copy = Path.GetDirectoryName(host.Assembly)!;
        Dictionary<string, byte[]> before = ContentOf(copy);
        foreach (string file in Directory.GetFiles(copy, files))
        {
            File.WriteAllBytes(file, []);
        }

        HostFiles.Place(_folder).Should().Be(host);

        ContentOf(copy).Should().BeEquivalentTo(before);
        Directory.GetDirectories(_folder.Hosts).Should().BeEquivalentTo(copy, _folder.CurrentHost);
    }

    [Test]
    public void Place_CopyIsWhole_IsLeftAlone()
    {
        string assembly = HostFiles.Place(_folder).Assembly;
        File.SetLastWriteTimeUtc(assembly, DateTime.UnixEpoch);

        HostFiles.Place(_folder);

        File.GetLastWriteTimeUtc(assembly).Should().Be(DateTime.UnixEpoch);
    }

    private static Dictionary<string, byte[]> ContentOf(string copy) => Directory.GetFiles(copy).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
}
