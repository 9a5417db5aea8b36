using Deployment.Providers.Aws.Tests.Lambda.Support;

namespace Deployment.Providers.Aws.Tests.Lambda.Code;

/// <summary>The folder of packages may hold what is somebody else's.</summary>
public sealed class PackageFolderTests
{
    private LambdaRig _rig = null!;

    [SetUp]
    public void Begin() => _rig = new LambdaRig();

    [TearDown]
    public void End() => _rig.Dispose();

    [TestCase("shop-2.3.0-backup.zip", true)]
    [TestCase("ABCDEF6789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.zip", true)]
    [TestCase("other.tmp", true)]
    [TestCase("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.zip", false)]
    [TestCase("package-0a1b2c3d.e4f.tmp", false)]
    public void TidyUp_OldFiles_RemovesOnlyWhatItMade(string name, bool stays)
    {
        _rig.Bring(_rig.Revision("1.0.0"));
        string path = Write(name, 31);
        _rig.TidyUp();
        File.Exists(path).Should().Be(stays);
    }

    [TestCase("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.zip")]
    [TestCase("package-0a1b2c3d.e4f.tmp")]
    public void TidyUp_RecentFiles_AreKept(string name)
    {
        _rig.Bring(_rig.Revision("1.0.0"));
        string path = Write(name, 29);
        _rig.TidyUp();
        File.Exists(path).Should().BeTrue();
    }

    private string Write(string name, int days)
    {
        string path = Path.Combine(_rig.Folder, "packages", name);
        File.WriteAllText(path, "bytes");
        File.SetLastWriteTimeUtc(path, _rig.Time.Clock.GetUtcNow().UtcDateTime - TimeSpan.FromDays(days));
        return path;
    }
}
