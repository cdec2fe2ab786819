// Every kind of layer there is: the one list that files, texts, programs, docs and tests read. A new kind
// costs an include and an entry here.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/layers/activations/elu.hpp>
#include <weir/layers/activations/gelu.hpp>
#include <weir/layers/activations/identity.hpp>
#include <weir/layers/activations/leaky_relu.hpp>
#include <weir/layers/activations/mish.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/selu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/attention/learned_positions.hpp>
#include <weir/layers/attention/multi_head_attention.hpp>
#include <weir/layers/attention/positional_encoding.hpp>
#include <weir/layers/attention/transformer_encoder.hpp>
#include <weir/layers/autoencoder/contractive_dense.hpp>
#include <weir/layers/autoencoder/tied_autoencoder.hpp>
#include <weir/layers/autoencoder/variational.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/convolution/conv1d_transpose.hpp>
#include <weir/layers/convolution/conv2d.hpp>
#include <weir/layers/convolution/depthwise_conv1d.hpp>
#include <weir/layers/convolution/separable_conv1d.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/dense/embedding.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/normalisation/layer_norm.hpp>
#include <weir/layers/pooling/adaptive_average_pool1d.hpp>
#include <weir/layers/pooling/average_pool1d.hpp>
#include <weir/layers/pooling/average_pool2d.hpp>
#include <weir/layers/pooling/gem_pool1d.hpp>
#include <weir/layers/pooling/global_average_pool1d.hpp>
#include <weir/layers/pooling/global_max_pool1d.hpp>
#include <weir/layers/pooling/max_pool1d.hpp>
#include <weir/layers/pooling/max_pool2d.hpp>
#include <weir/layers/recurrent/final_states.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/recurrent/last_step.hpp>
#include <weir/layers/recurrent/lstm.hpp>
#include <weir/layers/recurrent/min_gru.hpp>
#include <weir/layers/recurrent/simple_rnn.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/layers/regularisation/gaussian_noise.hpp>
#include <weir/layers/regularisation/kl_sparsity.hpp>
#include <weir/layers/regularisation/l1_activity.hpp>
#include <weir/layers/regularisation/masking_noise.hpp>
#include <weir/layers/shape/cropping1d.hpp>
#include <weir/layers/shape/flatten.hpp>
#include <weir/layers/shape/repeat_vector.hpp>
#include <weir/layers/shape/reshape.hpp>
#include <weir/layers/shape/slice.hpp>
#include <weir/layers/shape/transpose.hpp>
#include <weir/layers/shape/up_sampling1d.hpp>
#include <weir/layers/shape/zero_padding1d.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/bidirectional.hpp>
#include <weir/models/parallel.hpp>
#include <weir/models/sequence_autoencoder.hpp>
#include <weir/models/supervised_autoencoder.hpp>
#include <weir/models/time_distributed.hpp>

#include <vector>

namespace weir::inline WEIR_ABI::detail {

template <class T>
using BuiltinLayers =
    KindList<Dense<T>, Relu<T>, LeakyRelu<T>, Elu<T>, Selu<T>, Sigmoid<T>, Tanh<T>, Gelu<T>, Mish<T>,
             Softmax<T>, Dropout<T>, BatchNorm<T>, LayerNorm<T>, Embedding<T>, Conv1D<T>, Conv1DTranspose<T>,
             DepthwiseConv1D<T>, SeparableConv1D<T>, Conv2D<T>, MaxPool1D<T>, AveragePool1D<T>, MaxPool2D<T>,
             AveragePool2D<T>, GlobalMaxPool1D<T>, GlobalAveragePool1D<T>, AdaptiveAveragePool1D<T>,
             GemPool1D<T>, UpSampling1D<T>, ZeroPadding1D<T>, Cropping1D<T>, SimpleRnn<T>, Lstm<T>, Gru<T>,
             MinGru<T>, LastStep<T>, FinalStates<T>, RepeatVector<T>, MultiHeadAttention<T>,
             PositionalEncoding<T>, LearnedPositions<T>, TransformerEncoder<T>, TiedAutoencoder<T>,
             ContractiveDense<T>, Variational<T>, GaussianNoise<T>, MaskingNoise<T>, KlSparsity<T>,
             L1Activity<T>, Flatten<T>, Reshape<T>, Transpose<T>, Slice<T>, Identity<T>, AnyModel<T>,
             Parallel<std::vector<AnyModel<T>>>, TimeDistributed<AnyModel<T>>, Bidirectional<AnyModel<T>>,
             SequenceAutoencoder<AnyModel<T>, AnyModel<T>>, SupervisedAutoencoder<AnyModel<T>, AnyModel<T>>>;

}  // namespace weir::inline WEIR_ABI::detail
