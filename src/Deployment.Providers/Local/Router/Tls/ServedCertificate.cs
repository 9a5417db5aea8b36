using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router.Tls;

/// <summary>A certificate as clients get it.</summary>
internal sealed record ServedCertificate(CertificateFiles Files, SslStreamCertificateContext Context, string? Hint)
{
    public CertificateStatus Status(string? problem)
    {
        X509Certificate2 certificate = Context.TargetCertificate;
        return new CertificateStatus(Files.Certificate, certificate.Subject, certificate.GetCertHashString(HashAlgorithmName.SHA256), certificate.NotAfter.ToUniversalTime())
        {
            Problem = problem,
            Hint = Hint,
        };
    }
}
