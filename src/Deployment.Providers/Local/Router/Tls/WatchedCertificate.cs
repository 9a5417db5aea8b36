using System.Security.Cryptography;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router.Tls;

/// <summary>A certificate whose files are looked at again and again. What can't be used leaves the one before in place.</summary>
internal sealed class WatchedCertificate
{
    private readonly ILogger _logger;
    private byte[] _seen;
    private byte[] _inUse;
    private volatile ServedCertificate _served;
    private volatile string? _problem;

    /// <exception cref="DeploymentException">The files can't be used.</exception>
    public WatchedCertificate(CertificateFiles files, ILogger logger)
    {
        _logger = logger;
        IReadOnlyList<byte[]> content = CertificateLoader.Read(files);
        _seen = HashOf(content);
        _inUse = _seen;
        _served = CertificateLoader.Load(files, content);
        RouterLog.CertificateLoaded(_logger, files.Certificate, _served.Context.TargetCertificate.NotAfter);
        if (_served.Hint is { } hint)
        {
            RouterLog.CertificateHint(_logger, hint);
        }
    }

    public ServedCertificate Served => _served;

    public CertificateStatus Status() => _served.Status(_problem);

    /// <summary>
    /// Looks at the files. They are compared by content: times and sizes say little where links are replaced, as certificate clients do.
    /// </summary>
    public void Look()
    {
        CertificateFiles files = _served.Files;
        try
        {
            IReadOnlyList<byte[]> content = CertificateLoader.Read(files);
            byte[] hash = HashOf(content);
            if (hash.AsSpan().SequenceEqual(_seen))
            {
                // Files that could not be read for a while, and are what is served.
                _problem = hash.AsSpan().SequenceEqual(_inUse) ? null : _problem;
                return;
            }

            // Certificate and key are two files: while they are being replaced they don't fit each other, and the next look finds others.
            _seen = hash;
            _served = CertificateLoader.Load(files, content);
            _inUse = hash;
            _problem = null;
            RouterLog.CertificateLoaded(_logger, files.Certificate, _served.Context.TargetCertificate.NotAfter);
        }
        catch (DeploymentException unusable)
        {
            if (_problem != unusable.Message)
            {
                RouterLog.CertificateKept(_logger, unusable.Message);
            }

            _problem = unusable.Message;
        }
    }

    private static byte[] HashOf(IReadOnlyList<byte[]> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] file in content)
        {
            hash.AppendData(SHA256.HashData(file));
        }

        return hash.GetHashAndReset();
    }
}
