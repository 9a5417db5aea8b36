using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Hands one request to one instance and its answer back to the client.</summary>
internal interface IRequestForwarder
{
    /// <summary>
    /// Forwards a request. It never repeats one that must not happen twice, and it leaves the answer untouched unless it says that the client
    /// has seen something or has failed.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="lane">The revision.</param>
    /// <param name="instance">The address of one of its instances.</param>
    /// <param name="withholdNotFound">Whether to drop an answer of status 404, so that another revision can be asked.</param>
    Task<ForwardResult> ForwardAsync(HttpContext context, Lane lane, Uri instance, bool withholdNotFound);
}
