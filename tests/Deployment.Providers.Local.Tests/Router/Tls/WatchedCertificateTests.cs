using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router.Tls;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment.Providers.Local.Tests.Router.Tls;

[Category("Local")]
public sealed class WatchedCertificateTests
{
    private string _folder = "";
    private CertificateFiles _files = null!;

    [SetUp]
    public void MakeFiles()
    {
        _folder = Directory.CreateTempSubdirectory("dc-").FullName;
        _files = new CertificateFiles { Certificate = Path.Combine(_folder, "shop.pem"), Key = Path.Combine(_folder, "shop.key") };
        TestCertificate.Write("shop.test", _files);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    // A client that replaces a file by removing it and making another one.
    [Test]
    public void Load_KeyIsGoneOnceItWasRead_IsServedAllTheSame()
    {
        IReadOnlyList<byte[]> content = CertificateLoader.Read(_files);
        File.Delete(_files.Key!);

        ServedCertificate served = CertificateLoader.Load(_files, content);

        served.Context.TargetCertificate.Subject.Should().Be("CN=shop.test");
        served.Hint.Should().BeNull();
    }

    [Test]
    public void Look_KeyGoneForAWhile_ProblemIsOverWhenItIsBack()
    {
        var certificate = new WatchedCertificate(_files, NullLogger.Instance);
        File.Move(_files.Key!, _files.Key + ".away");
        certificate.Look();
        certificate.Status().Problem.Should().Contain("can't be read");

        File.Move(_files.Key + ".away", _files.Key!);
        certificate.Look();

        certificate.Status().Problem.Should().BeNull("what is served is what is there");
    }

    [Test]
    public void Look_UnusableFilesStay_SoDoesTheProblem()
    {
        var certificate = new WatchedCertificate(_files, NullLogger.Instance);
        File.WriteAllText(_files.Certificate, "none");
        certificate.Look();
        certificate.Look();

        certificate.Status().Problem.Should().Contain("can't be used");
        certificate.Served.Context.TargetCertificate.Subject.Should().Be("CN=shop.test");
    }
}
