using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>
/// Serves HTTP/1.1 and HTTP/2 on one port in clear text, as servers of other platforms do. Kestrel chooses between the two only where TLS has agreed
/// on one, so a connection that begins as HTTP/2 does is shown to it as one that has.
/// </summary>
internal static class EitherProtocol
{
    public static ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        PipeReader input = connection.Transport.Input;
        ReadResult read = await input.ReadAtLeastAsync(Preface.Length);
        bool http2 = new System.Buffers.SequenceReader<byte>(read.Buffer).IsNext(Preface);
        input.AdvanceTo(read.Buffer.Start);
        if (http2)
        {
            connection.Features.Set<ITlsConnectionFeature>(Agreed.Http2);
            connection.Features.Set<ITlsApplicationProtocolFeature>(Agreed.Http2);
        }

        await next(connection);
    };

    private static ReadOnlySpan<byte> Preface => "PRI "u8;

    private sealed class Agreed : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public static Agreed Http2 { get; } = new();

        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
