using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local;

/// <summary>
/// The files of a certificate and its private key. The router reads them, looks every few seconds whether they changed, and takes
/// what is new for the next connection; files that can't be used leave the certificate before in place. Only paths are planned and recorded.
/// </summary>
public sealed class TlsCertificate
{
    private TlsCertificate(CertificateFiles files) => Files = files;

    internal CertificateFiles Files { get; }

    /// <summary>A certificate in PEM files.</summary>
    /// <param name="certificateFile">The certificate, followed by those that lead to its issuer; an absolute path.</param>
    /// <param name="keyFile">Its private key, not encrypted; an absolute path. Only its owner should be able to read it.</param>
    public static TlsCertificate Pem(string certificateFile, string keyFile)
    {
        ArgumentNullException.ThrowIfNull(certificateFile);
        ArgumentNullException.ThrowIfNull(keyFile);
        return new(new CertificateFiles { Certificate = certificateFile, Key = keyFile });
    }

    /// <summary>A certificate in a PKCS#12 file.</summary>
    /// <param name="file">The file with certificate, key and issuers; an absolute path.</param>
    /// <param name="passwordFile">A file whose first line is the password; an absolute path. Null when the file has none.</param>
    public static TlsCertificate Pkcs12(string file, string? passwordFile = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new(new CertificateFiles { Certificate = file, PasswordFile = passwordFile });
    }

    /// <summary>The same certificate, for clients that ask for one of these hosts (SNI). One certificate without hosts is for all others.</summary>
    /// <param name="hosts">Host names, without wildcards.</param>
    public TlsCertificate For(params IReadOnlyList<string> hosts) => new(Files with { Hosts = [.. hosts] });
}
