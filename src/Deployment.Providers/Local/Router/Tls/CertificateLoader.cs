using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;

namespace Deployment.Providers.Local.Router.Tls;

/// <summary>Reads certificate files.</summary>
internal static class CertificateLoader
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>One sentence for each certificate that can't be used as its files are now.</summary>
    public static IEnumerable<string> Problems(RouterSettings router)
    {
        foreach (CertificateFiles files in router.Tls)
        {
            string? problem = null;
            try
            {
                _ = Load(files, Read(files));
            }
            catch (DeploymentException unusable)
            {
                problem = unusable.Message;
            }

            if (problem is not null)
            {
                yield return problem;
            }
        }
    }

    /// <summary>The content of all files, in their order.</summary>
    /// <exception cref="DeploymentException">One can't be read.</exception>
    public static IReadOnlyList<byte[]> Read(CertificateFiles files)
    {
        try
        {
            return [.. files.Files.Select(File.ReadAllBytes)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The TLS certificate '{Naming.Printable(files.Certificate)}' can't be read: {error.Message}", error);
        }
    }

    /// <exception cref="DeploymentException">The files hold no certificate with its private key.</exception>
    public static ServedCertificate Load(CertificateFiles files, IReadOnlyList<byte[]> content)
    {
        try
        {
            var all = new X509Certificate2Collection();
            X509Certificate2 own = files.Key is null ? OfPkcs12(files, content, all) : OfPem(content, all);
            return new ServedCertificate(files, SslStreamCertificateContext.Create(own, all, offline: true), Hint(files));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new DeploymentException(
                $"The TLS certificate '{Naming.Printable(files.Certificate)}' can't be used: {error.Message} "
                + (files.Key is null ? "It must be PKCS#12 with a private key, and the password file must fit." : "Both files must be PEM, and the key not encrypted and that of the first certificate."),
                error);
        }
    }

    private static X509Certificate2 OfPem(IReadOnlyList<byte[]> content, X509Certificate2Collection all)
    {
        string chain = Encoding.UTF8.GetString(content[0]);
        var own = X509Certificate2.CreateFromPem(chain, Encoding.UTF8.GetString(content[1]));
        all.ImportFromPem(chain);
        return own;
    }

    private static X509Certificate2 OfPkcs12(CertificateFiles files, IReadOnlyList<byte[]> content, X509Certificate2Collection all)
    {
        string? password = files.PasswordFile is null ? null : Encoding.UTF8.GetString(content[1]).Split('\n')[0].TrimEnd('\r');
        all.AddRange(X509CertificateLoader.LoadPkcs12Collection(content[0], password, X509KeyStorageFlags.DefaultKeySet));
        return all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("There is no private key in it.");
    }

    private static string? Hint(CertificateFiles files)
    {
        string secret = files.Key ?? files.Certificate;
        try
        {
            // Without a password a PKCS#12 file is the key; with one, whoever has both has it.
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(secret) & Others) != 0
                ? $"Others than its owner can read or write the private key: chmod 600 {Commands.CommandLine.Quote(secret)}"
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It was read and is gone by now: whoever replaces a file may remove the old one first. The next look finds the new one.
            return null;
        }
    }
}
