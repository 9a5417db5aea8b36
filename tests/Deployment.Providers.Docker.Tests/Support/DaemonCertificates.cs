using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>An authority with a daemon's certificate and a client's, as files. The client's folder is laid out as DOCKER_CERT_PATH wants it.</summary>
internal sealed class DaemonCertificates
{
    public DaemonCertificates(string folder)
    {
        ClientFolder = Path.Combine(folder, "client");
        StrangerFolder = Path.Combine(folder, "stranger");
        Authority = Path.Combine(ClientFolder, "ca.pem");
        ServerCertificate = Path.Combine(folder, "server.pem");
        ServerKey = Path.Combine(folder, "server-key.pem");
        Directory.CreateDirectory(folder);
        using X509Certificate2 authority = MakeAuthority();
        WriteClient(ClientFolder, authority, authority);
        using X509Certificate2 other = MakeAuthority();
        WriteClient(StrangerFolder, other, authority);
        Issue(authority, "127.0.0.1", "1.3.6.1.5.5.7.3.1", ServerCertificate, ServerKey);
    }

    public string Authority { get; }

    public string ServerCertificate { get; }

    public string ServerKey { get; }

    /// <summary>ca.pem, cert.pem and key.pem of a client that the daemon lets in.</summary>
    public string ClientFolder { get; }

    /// <summary>The same of one that it doesn't know.</summary>
    public string StrangerFolder { get; }

    private static void WriteClient(string folder, X509Certificate2 issuer, X509Certificate2 trusted)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), trusted.ExportCertificatePem());
        Issue(issuer, "deployer", "1.3.6.1.5.5.7.3.2", Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
    }

    private static X509Certificate2 MakeAuthority()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
    }

    private static void Issue(X509Certificate2 authority, string name, string use, string certificate, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(authority, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(20), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
