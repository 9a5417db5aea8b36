using System.IO.Compression;
using System.Security.Cryptography;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Lambda.Code;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FolderZipTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Begin() => _folder = Directory.CreateTempSubdirectory("zip-");

    [TearDown]
    public void End() => _folder.Delete(recursive: true);

    [Test]
    public async Task Write_SameContent_IsTheSameBytesWhateverTheTimesAndTheOrder()
    {
        string one = Fill("one", ["index.js", "lib/a.js", "lib/b.js"], new DateTime(2020, 1, 1));
        string other = Fill("other", ["lib/b.js", "lib/a.js", "index.js"], new DateTime(2026, 6, 1));
        File.SetUnixFileMode(Path.Combine(other, "index.js"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        byte[] first = await ZipAsync(one);
        (await ZipAsync(other)).Should().Equal(first);

        // What is different shows: each of these alone.
        File.SetUnixFileMode(Path.Combine(other, "index.js"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await ZipAsync(other)).Should().NotEqual(first, "an executable is one");
        await File.AppendAllTextAsync(Path.Combine(one, "index.js"), " ");
        (await ZipAsync(one)).Should().NotEqual(first, "the content is another");
    }

    [Test]
    public async Task Write_KnownFolder_IsTheBytesThatEverySystemMakes()
    {
        string folder = Fill("one", ["index.js", "lib/ü.js"], DateTime.Now);
        File.WriteAllText(Path.Combine(folder, "long.txt"), string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i * i % 97}\n")));
        File.CreateSymbolicLink(Path.Combine(folder, "start"), "index.js");
        Convert.ToHexStringLower(SHA256.HashData(await ZipAsync(folder))).Should().Be("e40378ca3e5611dbb38b39f13a02282e93a21e05df5e90e2587e41758258ec82");
    }

    [Test]
    public async Task Write_ExecutablesLinksAndNames_AreKept()
    {
        string folder = Fill("one", ["bootstrap", "lib/a b ü.js"], DateTime.Now);
        File.SetUnixFileMode(Path.Combine(folder, "bootstrap"), (UnixFileMode)Convert.ToInt32("755", 8));
        File.CreateSymbolicLink(Path.Combine(folder, "lib", "start"), "../bootstrap");
        File.WriteAllText(Path.Combine(folder, "empty"), "");
        using var zip = new ZipArchive(new MemoryStream(await ZipAsync(folder)));
        zip.Entries.Select(entry => (entry.FullName, Convert.ToString((entry.ExternalAttributes >> 16) & 0xFFFF, 8))).Should().Equal(
            ("bootstrap", "100755"), ("empty", "100644"), ("lib/a b ü.js", "100644"), ("lib/start", "120777"));
        using var link = new StreamReader(zip.GetEntry("lib/start")!.Open());
        link.ReadToEnd().Should().Be("../bootstrap");
    }

    [TestCase("/etc/passwd")]
    [TestCase("../outside")]
    [TestCase("lib/../../outside")]
    public void Write_LinkThatLeadsOut_IsRefused(string target)
    {
        string folder = Fill("one", ["lib/a.js"], DateTime.Now);
        File.CreateSymbolicLink(Path.Combine(folder, "leads-out"), target);
        Refused(folder).Should().Contain("leads-out").And.Contain("out of");
    }

    [Test]
    public void Write_LinkThatLeadsOutThroughAnother_IsRefused()
    {
        string folder = Fill("one", ["a.js"], DateTime.Now);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "outside"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "b"), "../outside");
        File.CreateSymbolicLink(Path.Combine(folder, "a"), "b");
        Refused(folder).Should().Contain("out of");
    }

    [Test]
    public void Write_NameWithAControlCharacter_IsRefusedAndShownHarmless()
    {
        string folder = Fill("one", ["a\u001b[31m.js"], DateTime.Now);
        Refused(folder).Should().Contain("\\u001b").And.NotContain("\u001b");
    }

    [Test]
    public void Write_EmptyOrMissingFolder_IsRefused()
    {
        Refused(Directory.CreateDirectory(Path.Combine(_folder.FullName, "empty")).FullName).Should().Contain("is empty");
        Refused(Path.Combine(_folder.FullName, "missing")).Should().Contain("There is no folder");
    }

    [Test]
    public void Write_MoreThanAwsUnpacks_IsRefused()
    {
        string folder = Fill("one", ["a.js"], DateTime.Now);
        using (FileStream large = File.Create(Path.Combine(folder, "large.bin")))
        {
            large.SetLength(251L * 1024 * 1024);
        }

        Refused(folder).Should().Contain("250 MB");
    }

    [Test]
    public void Pin_ZipThatIsNone_OrHasPathsThatLeadOut_IsRefused()
    {
        using var rig = new LambdaRig();
        string none = Path.Combine(_folder.FullName, "none.zip");
        File.WriteAllText(none, "This is no zip.");
        Pinned(rig, LambdaCode.Zip(none)).Should().Throw<DeploymentException>().WithMessage("*is no zip that can be read*");
        string leadsOut = Path.Combine(_folder.FullName, "out.zip");
        using (ZipArchive zip = ZipFile.Open(leadsOut, ZipArchiveMode.Create))
        {
            zip.CreateEntry("../index.js");
        }

        Pinned(rig, LambdaCode.Zip(leadsOut)).Should().Throw<DeploymentException>().WithMessage("*'../index.js'*");
        Pinned(rig, LambdaCode.Zip(Path.Combine(_folder.FullName, "missing.zip"))).Should().Throw<DeploymentException>().WithMessage("*There is no zip*");
    }

    [Test]
    public void Pin_ZipLargerThanACallTakes_NamesS3()
    {
        using var rig = new LambdaRig();
        string large = Path.Combine(_folder.FullName, "large.zip");
        using (FileStream file = File.Create(large))
        {
            file.SetLength(51L * 1024 * 1024);
        }

        Pinned(rig, LambdaCode.Zip(large)).Should().Throw<DeploymentException>().WithMessage("*51.0 MB*LambdaCode.S3*");
    }

    [Test]
    public void Pin_ZipWithAnotherHashThanAsked_IsRefused()
    {
        using var rig = new LambdaRig();
        string path = Path.Combine(_folder.FullName, "code.zip");
        ZipFile.CreateFromDirectory(Fill("one", ["a.js"], DateTime.Now), path);
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        rig.Target.PinAsync(LambdaCode.Zip(path, hash), CancellationToken.None).GetAwaiter().GetResult().Sha256.Should().Be(hash);
        Pinned(rig, LambdaCode.Zip(path, new string('0', 64))).Should().Throw<DeploymentException>().WithMessage($"*{hash}*0000*");
    }

    [Test]
    public void Install_CodeThatChangedSinceItWasPlanned_IsNotUploaded()
    {
        using var rig = new LambdaRig();
        string path = Path.Combine(_folder.FullName, "code.zip");
        ZipFile.CreateFromDirectory(Fill("one", ["a.js"], DateTime.Now), path);
        Artifact pinned = rig.Target.PinAsync(LambdaCode.Zip(path), CancellationToken.None).GetAwaiter().GetResult();
        File.AppendAllText(path, "one byte more");
        rig.Refused(rig.Target.Install(new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", pinned)))).Should().Contain("has changed since it was planned");
        rig.Stub.Changes.Should().NotContain("UpdateFunctionCode").And.NotContain("PublishVersion");
    }

    [Test]
    public void Install_FolderThatChangedSinceItWasPlanned_UploadsWhatWasPlanned()
    {
        using var rig = new LambdaRig();
        Revision revision = rig.Revision("1.0.0");
        File.WriteAllText(Path.Combine(rig.Folder, "code", "1.0.0", "index.js"), "changed");
        rig.Run(rig.Target.Install(revision));
        Convert.ToHexStringLower(Convert.FromBase64String(rig.Stub.VersionOf(1).CodeSha256!)).Should().Be(revision.Release.Artifact.Sha256);

        Revision next = rig.Revision("1.1.0");
        File.WriteAllText(Path.Combine(rig.Folder, "packages", $"{next.Release.Artifact.Sha256}.zip"), "Somebody wrote here.");
        File.WriteAllText(Path.Combine(rig.Folder, "code", "1.1.0", "index.js"), "changed");
        rig.Refused(rig.Target.Install(next)).Should().Contain("has changed since it was planned");
        rig.Stub.Numbers.Should().Equal(1);
    }

    [TestCase("s3://bucket/key.zip", "bucket", "key.zip", null)]
    [TestCase("s3://bucket/a%20b/%3Fc.zip?versionId=x%2Fy", "bucket", "a b/?c.zip", "x/y")]
    public void S3Code_Text_ReadsBackAsItself(string text, string bucket, string key, string? version)
    {
        S3Code.TryParse(text, out S3Code? code).Should().BeTrue();
        code.Should().Be(new S3Code(bucket, key, version));
        code!.ToString().Should().Be(text);
    }

    private static Action Pinned(LambdaRig rig, Artifact artifact) => () => rig.Target.PinAsync(artifact, CancellationToken.None).GetAwaiter().GetResult();

    private string Fill(string name, string[] files, DateTime time)
    {
        string folder = Path.Combine(_folder.FullName, name);
        foreach (string file in files)
        {
            string path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, $"content of {file}");
            File.SetLastWriteTime(path, time);
        }

        return folder;
    }

    private static async Task<byte[]> ZipAsync(string folder)
    {
        using var zip = new MemoryStream();
        await FolderZip.WriteAsync(folder, zip, CancellationToken.None);
        return zip.ToArray();
    }

    private static string Refused(string folder) =>
        FluentActions.Invoking(() => ZipAsync(folder).GetAwaiter().GetResult()).Should().Throw<DeploymentException>().Which.Message;
}
