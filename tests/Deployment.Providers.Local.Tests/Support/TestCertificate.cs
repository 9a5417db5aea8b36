using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>Certificates that sign themselves.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
    }

    /// <summary>Writes certificate and key as PEM, the key for its owner alone.</summary>
    public static void Write(string name, CertificateFiles files)
    {
        using X509Certificate2 made = Make(name);
        File.WriteAllText(files.Certificate, made.ExportCertificatePem());
        File.WriteAllText(files.Key!, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(files.Key!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
