using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class TlsTests : RouterFixture
{
    [TestCase(ClientProtocols.Http1AndHttp2, "2.0")]
    [TestCase(ClientProtocols.Http1AndHttp2, "1.1")]
    [TestCase(ClientProtocols.Http1, "1.1")]
    [TestCase(ClientProtocols.Http2, "2.0")]
    public async Task Pem_ProtocolIsAgreedByAlpn_AndApplicationLearnsOfHttps(ClientProtocols protocols, string version)
    {
        await StartSecureAsync(Pem("shop.test"), protocols);
        using HttpClient client = Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.GetAsync(At("/", "https"));

        answer.Version.Should().Be(Version.Parse(version));
        (await answer.Content.ReadAsStringAsync()).Should().Be("https");
    }

    [TestCase(null)]
    [TestCase("pass word")]
    public async Task Pkcs12_WithAndWithoutPassword_IsServed(string? password)
    {
        string file = Path.Combine(Folder.Path, "shop.p12");
        string passwordFile = Path.Combine(Folder.Path, "password");
        using (X509Certificate2 made = TestCertificate.Make("twelve.test"))
        {
            await File.WriteAllBytesAsync(file, made.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, password));
        }

        await File.WriteAllTextAsync(passwordFile, password + "\n");
        await StartSecureAsync(new CertificateFiles { Certificate = file, PasswordFile = password is null ? null : passwordFile });

        (await SubjectAsync("any.test")).Should().Be("CN=twelve.test");
    }

    [Test]
    public async Task Hosts_EachGetsItsOwn_OthersTheDefault()
    {
        await StartSecureAsync([Pem("default.test"), Pem("api.test") with { Hosts = ["api.test", "www.api.test"] }]);

        (await SubjectAsync("api.test")).Should().Be("CN=api.test");
        (await SubjectAsync("WWW.api.test")).Should().Be("CN=api.test");
        (await SubjectAsync("else.test")).Should().Be("CN=default.test");
    }

    [Test]
    public async Task Files_Replaced_NextConnectionGetsTheNewOneAndOpenOnesGoOn()
    {
        CertificateFiles files = Pem("old.test");
        await StartSecureAsync(files);
        using HttpClient open = Client(HttpVersion.Version11);
        (await open.GetAsync(At("/", "https"))).EnsureSuccessStatusCode();

        TestCertificate.Write("new.test", files);

        await Until.TrueAsync(async () => await SubjectAsync("a.test") == "CN=new.test", "the new certificate is served");
        (await open.GetAsync(At("/", "https"))).EnsureSuccessStatusCode();
        (await StatusAsync()).Certificates.Single().Subject.Should().Be("CN=new.test");
    }

    [Test]
    public async Task Files_Broken_OldOneStaysAndStatusSaysWhyUntilTheyAreMended()
    {
        CertificateFiles files = Pem("old.test");
        await StartSecureAsync(files);

        await File.WriteAllTextAsync(files.Certificate, "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n");

        await Until.TrueAsync(async () => (await StatusAsync()).Certificates.Single().Problem is not null, "the problem is seen");
        (await StatusAsync()).Certificates.Single().Problem.Should().Contain(files.Certificate);
        (await SubjectAsync("a.test")).Should().Be("CN=old.test");
        (await File.ReadAllTextAsync(Folder.RouterLog(Port))).Should().Contain("The certificate before stays in use");

        TestCertificate.Write("mended.test", files);
        await Until.TrueAsync(async () => (await StatusAsync()).Certificates.Single() is { Problem: null, Subject: "CN=mended.test" }, "the mended one is taken");
        (await SubjectAsync("a.test")).Should().Be("CN=mended.test");
    }

    [Test]
    public async Task Key_ReadableByOthers_IsHintedAtAndNeverShown()
    {
        CertificateFiles files = Pem("shop.test");
        File.SetUnixFileMode(files.Key!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await StartSecureAsync(files);

        (await StatusAsync()).Certificates.Single().Hint.Should().Contain("chmod 600 " + files.Key);
        (await File.ReadAllTextAsync(Folder.RouterTable(Port, "t"))).Should().Contain(files.Key).And.NotContain("PRIVATE");
    }

    [Test]
    public async Task Certificate_UnusableAtTheStart_RouterEndsAndSaysWhy()
    {
        CertificateFiles files = Pem("shop.test");
        await File.WriteAllTextAsync(files.Key!, await File.ReadAllTextAsync(Pem("other.test").Key!));

        Func<Task> start = () => StartSecureAsync(files);

        await start.Should().ThrowAsync<Exception>();
        (await File.ReadAllTextAsync(Folder.RouterLog(Port))).Should().Contain("Can't serve.").And.Contain(files.Certificate);
    }

    [Test]
    public async Task OtherFiles_InANewTable_AreTakenWithoutARestart()
    {
        WebUpstream app = await StartSecureAsync(Pem("one.test"));
        await SwitchAsync(Table(2, app.Port, new RouterSettings { Tls = [Pem("two.test")] }));

        (await SubjectAsync("a.test")).Should().Be("CN=two.test");
        Func<Task> clear = () => SwitchAsync(Table(3, app.Port));
        (await clear.Should().ThrowAsync<DeploymentException>()).WithMessage("*speaks TLS and can't speak clear text without being started anew*");
    }

    private async Task<WebUpstream> StartSecureAsync(CertificateFiles files, ClientProtocols protocols = ClientProtocols.Http1AndHttp2) => await StartSecureAsync([files], protocols);

    private async Task<WebUpstream> StartSecureAsync(CertificateFiles[] files, ClientProtocols protocols = ClientProtocols.Http1AndHttp2)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync(context.Request.Headers["X-Forwarded-Proto"].ToString())));
        await StartAsync(app.Port, new RouterSettings { Tls = [.. files], Protocols = protocols });
        return app;
    }

    private async Task<string> SubjectAsync(string host)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Port);
#pragma warning disable CA5359 // The tests' certificates are self-signed.
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host });
        return tls.RemoteCertificate!.Subject;
    }

    private CertificateFiles Pem(string name)
    {
        var files = new CertificateFiles { Certificate = Path.Combine(Folder.Path, name + ".pem"), Key = Path.Combine(Folder.Path, name + ".key") };
        TestCertificate.Write(name, files);
        return files;
    }
}
