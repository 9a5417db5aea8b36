using System.IO.Compression;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Lambda.Code;

/// <summary>Where links lead, in folders and in zips that somebody else made; and what is too long to be read.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CodeLinksTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Begin() => _folder = Directory.CreateTempSubdirectory("links-");

    [TearDown]
    public void End() => _folder.Delete(recursive: true);

    // A system goes to code/p by up, and from there two folders up.
    [Test]
    public void Folder_LinkThatLeadsOutByWayOfAnother_IsRefused()
    {
        string code = Path.Combine(_folder.FullName, "code");
        Directory.CreateDirectory(Path.Combine(code, "p", "q"));
        File.WriteAllText(Path.Combine(_folder.FullName, "x"), "outside");
        Directory.CreateSymbolicLink(Path.Combine(code, "p", "q", "up"), "../../p");
        File.CreateSymbolicLink(Path.Combine(code, "p", "q", "esc"), "up/../../x");
        File.ReadAllText(Path.Combine(code, "p", "q", "esc")).Should().Be("outside");
        FluentActions.Invoking(() => FolderZip.WriteAsync(code, Stream.Null, CancellationToken.None).GetAwaiter().GetResult()).Should().Throw<DeploymentException>().WithMessage("*p/q/esc*out of*");
    }

    [Test]
    public void Folder_LinksThatStayInside_AreTaken()
    {
        string code = Path.Combine(_folder.FullName, "code");
        Directory.CreateDirectory(Path.Combine(code, "p", "q"));
        File.WriteAllText(Path.Combine(code, "x"), "inside");
        Directory.CreateSymbolicLink(Path.Combine(code, "p", "q", "up"), "../../p");
        File.CreateSymbolicLink(Path.Combine(code, "p", "q", "there"), "up/../x");
        File.CreateSymbolicLink(Path.Combine(code, "nothing"), "p/missing");
        FluentActions.Invoking(() => FolderZip.WriteAsync(code, new MemoryStream(), CancellationToken.None).GetAwaiter().GetResult()).Should().NotThrow();
    }

    [TestCase("/etc/passwd")]
    [TestCase("../outside")]
    [TestCase("inside/../../outside")]
    [TestCase("link")]
    public void Zip_LinkThatLeadsOutOrRound_IsRefused(string target) => Pinned(target).Should().Throw<DeploymentException>().WithMessage("*the link 'link' leads to*");

    [Test]
    public void Zip_FileBehindALink_IsRefused() => Pinned("inside", "link/file").Should().Throw<DeploymentException>().WithMessage("*'link/file' lies behind a link*");

    [Test]
    public void Zip_LinkThatStaysInside_IsTaken() => Pinned("inside/../inside", "inside").Should().NotThrow();

    [Test]
    public async Task S3_ObjectThatIsTooLong_IsRefusedBeforeItIsRead()
    {
        await using HttpStub s3 = await HttpStub.StartAsync(async context =>
        {
            context.Response.ContentLength = 5L * 1024 * 1024 * 1024;
            await context.Response.Body.FlushAsync();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });
        var packages = new CodePackages(new AwsAccess(new AwsOptions { Region = "eu-central-1", Endpoint = s3.Address, Credentials = new BasicAWSCredentials("AKIDTESTS", "secret"), Attempts = 1 }), _folder.FullName);
        (await packages.Invoking(one => one.PinAsync(LambdaCode.S3("bucket", "key.zip"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20))).Should().ThrowAsync<DeploymentException>()).WithMessage("*s3://bucket/key.zip*250 MB*");
    }

    private Action Pinned(string target, params string[] files)
    {
        string path = Path.Combine(_folder.FullName, "code.zip");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            ZipArchiveEntry link = zip.CreateEntry("link");
            link.ExternalAttributes = 0b1010_000_111_111_111 << 16;
            using (var text = new StreamWriter(link.Open()))
            {
                text.Write(target);
            }

            foreach (string file in files)
            {
                zip.CreateEntry(file);
            }
        }

        return () =>
        {
            using var rig = new LambdaRig();
            rig.Target.PinAsync(LambdaCode.Zip(path), CancellationToken.None).GetAwaiter().GetResult();
        };
    }
}
