using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Packages;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Tests.Packages;

[Category("Local")]
public sealed class ReleaseFoldersTests
{
    private const long MostMemory = 32 << 20;
    private string _root = "";
    private StateFolder _folder = null!;
    private ReleaseFolders _releases = null!;

    [SetUp]
    public void MakeFolder()
    {
        _root = Directory.CreateTempSubdirectory("dp-").FullName;
        _folder = new StateFolder(Path.Combine(_root, "state"));
        StateFolder.Create(_folder.Path);
        _releases = new ReleaseFolders(_folder);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void All_OfTheCorpus_AreAtLeastForty() => HostilePackages.All().Should().HaveCountGreaterThan(60);

    [TestCaseSource(typeof(HostilePackages), nameof(HostilePackages.All))]
    public void Place_HostilePackage_IsRefusedAndLeavesNothing(string extension, string says, Action<string> make)
    {
        string package = Path.Combine(_root, "hostile" + extension);
        make(package);

        Action place = () => Place(new PackageSource { Path = package, MaxEntries = 1000, MaxBytes = 8 << 20, MaxRatio = 50 });

        long before = GC.GetAllocatedBytesForCurrentThread();
        place.Should().Throw<DeploymentException>().Which.Message.Should().Contain(says).And.NotContain("\u001b");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(MostMemory, "a package must not fill the supervisor's memory before it is refused");
        Files(_root).Should().Equal(package);
        Directory.Exists(Release).Should().BeFalse();
    }

    [TestCase(".zip")]
    [TestCase(".tar.gz")]
    public void Place_OrdinaryPackage_IsThereAsItWasPacked(string extension)
    {
        string package = Ordinary(extension);

        Place(new PackageSource { Path = package, Sha256 = HashOf(package) });

        File.ReadAllText(Path.Combine(Release, "bin/run")).Should().Be("#!/bin/sh\n");
        File.ReadAllText(Path.Combine(Release, "lib/grüße ✓.txt")).Should().Be("data");
        Directory.Exists(Path.Combine(Release, "empty")).Should().BeTrue();
        File.GetUnixFileMode(Path.Combine(Release, "bin/run")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, "setuid, setgid and others' rights are dropped, the execute bit is kept");
        File.GetUnixFileMode(Path.Combine(Release, "lib/grüße ✓.txt")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Release)!).Select(Path.GetFileName).Should().BeEquivalentTo("shop_1.0.0_1", "shop_1.0.0_1.sha256");
    }

    [Test]
    public void Place_WrongHash_IsRefusedAndLeavesNothing()
    {
        string package = Ordinary(".zip");

        Action place = () => Place(new PackageSource { Path = package, Sha256 = new string('0', 64) });

        place.Should().Throw<DeploymentException>().Which.Message.Should().Contain(HashOf(package)).And.Contain("0000");
        Directory.Exists(Release).Should().BeFalse();
    }

    [Test]
    public void Place_DiskHasTooLittle_IsRefusedBeforeItIsFull()
    {
        string package = Ordinary(".zip");

        Action place = () => Place(new PackageSource { Path = package, MinFreeBytes = long.MaxValue });

        place.Should().Throw<DeploymentException>().Which.Message.Should().Contain("must stay free");
        Files(_folder.Path).Should().BeEmpty();
    }

    [Test]
    public void Place_PackageGoneAndUnpackedBefore_TakesWhatIsKept()
    {
        string package = Ordinary(".zip");
        string hash = HashOf(package);
        Place(new PackageSource { Path = package, Sha256 = hash });
        File.Delete(package);

        Place(new PackageSource { Path = package, Sha256 = hash });
        Action other = () => Place(new PackageSource { Path = package, Sha256 = new string('1', 64) });

        File.Exists(Path.Combine(Release, "bin/run")).Should().BeTrue();
        other.Should().Throw<DeploymentException>().Which.Message.Should().Contain("doesn't exist");
    }

    [Test]
    public void Place_AnotherPackageForTheSameRevision_ReplacesTheWholeFolder()
    {
        string package = Ordinary(".zip");
        Place(new PackageSource { Path = package });
        HostilePackages.Zip(package, ("only", "this"));

        Place(new PackageSource { Path = package });

        Files(Release).Select(Path.GetFileName).Should().Equal("only");
    }

    // What ran there may write where it runs, and a removed revision's folder is kept for going back.
    [Test]
    public void Place_TheSamePackageAgain_UndoesWhatRanThereDid()
    {
        string package = Ordinary(".zip");
        Place(new PackageSource { Path = package, Sha256 = HashOf(package) });
        File.WriteAllText(Path.Combine(Release, "bin/run"), "changed");
        File.WriteAllText(Path.Combine(Release, "left"), "behind");

        Place(new PackageSource { Path = package, Sha256 = HashOf(package) });

        File.ReadAllText(Path.Combine(Release, "bin/run")).Should().Be("#!/bin/sh\n");
        File.Exists(Path.Combine(Release, "left")).Should().BeFalse();
    }

    [Test]
    public void Place_Folder_IsCopied()
    {
        string source = Path.Combine(_root, "app");
        Directory.CreateDirectory(Path.Combine(source, "sub"));
        File.WriteAllText(Path.Combine(source, "sub", "run"), "x");
        File.SetUnixFileMode(Path.Combine(source, "sub", "run"), (UnixFileMode)0b101_101_101);

        Place(new PackageSource { Path = source });

        Files(Release).Should().Equal(Path.Combine(Release, "sub/run"));
        File.GetUnixFileMode(Path.Combine(Release, "sub/run")).Should().HaveFlag(UnixFileMode.UserExecute);
    }

    [TestCase("link", "link")]
    [TestCase("folder link", "link")]
    [TestCase("pipe", "neither")]
    [TestCase("case", "upper and lower case")]
    [TestCase("large", "bytes")]
    public void Place_HostileFolder_IsRefusedAndLeavesNothing(string what, string says)
    {
        string source = Path.Combine(_root, "app");
        Directory.CreateDirectory(source);
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(Path.Combine(source, "a"), "/etc/passwd");
                break;
            case "folder link":
                Directory.CreateSymbolicLink(Path.Combine(source, "a"), "/etc");
                break;
            case "pipe":
                Process.Start("mkfifo", Path.Combine(source, "a")).WaitForExit();
                break;
            case "case":
                File.WriteAllText(Path.Combine(source, "A"), "");
                File.WriteAllText(Path.Combine(source, "a"), "");
                break;
            default:
                File.WriteAllBytes(Path.Combine(source, "a"), new byte[2000]);
                break;
        }

        Action place = () => Place(new PackageSource { Path = source, MaxBytes = 1000 });

        place.Should().Throw<DeploymentException>().Which.Message.Should().Contain(says);
        Files(_folder.Path).Should().BeEmpty();
    }

    [Test]
    public void Place_FolderWithTheStateFolderInIt_IsRefused()
    {
        Action place = () => Place(new PackageSource { Path = _root });

        place.Should().Throw<DeploymentException>().Which.Message.Should().Contain("state folder");
    }

    [Test]
    public void RemoveUnfinished_WhatADeadSupervisorLeft_IsGoneAndReleasesStay()
    {
        Place(new PackageSource { Path = Ordinary(".zip") });
        string parent = Path.GetDirectoryName(Release)!;
        Directory.CreateDirectory(Path.Combine(parent, ".new-shop_2.0.0_1", "half"));
        File.WriteAllText(Path.Combine(parent, ".new-shop_2.0.0_1.package"), "half");

        _releases.RemoveUnfinished();

        Directory.EnumerateFileSystemEntries(parent).Select(Path.GetFileName).Should().BeEquivalentTo("shop_1.0.0_1", "shop_1.0.0_1.sha256");
    }

    private string Release => _folder.Release("web", "shop_1.0.0_1");

    private void Place(PackageSource package) => _releases.Place("web", "shop_1.0.0_1", package, CancellationToken.None);

    private static string[] Files(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)];

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private string Ordinary(string extension)
    {
        string package = Path.Combine(_root, "shop" + extension);
        if (extension == ".zip")
        {
            HostilePackages.Zip(package, zip =>
            {
                HostilePackages.Entry(zip, "bin/run", "#!/bin/sh\n", 0x8DED << 16);
                HostilePackages.Entry(zip, "lib/grüße ✓.txt", "data", 0x81B6 << 16);
                zip.CreateEntry("empty/");
            });
            return package;
        }

        HostilePackages.Tar(package, writer =>
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "./bin/run") { Mode = (UnixFileMode)0b111_111_101_101, DataStream = new MemoryStream("#!/bin/sh\n"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "./lib/grüße ✓.txt") { Mode = (UnixFileMode)0b110_110_110, DataStream = new MemoryStream("data"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "./empty/"));
        });
        return package;
    }
}
